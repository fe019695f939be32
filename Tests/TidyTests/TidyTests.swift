import Testing

@Suite("The house is tidy")
struct TidyTests {
    private let repository = Repository()
    /// Read once for all rules.
    private static let sources = Result { try Repository().swiftFiles(under: "Sources") }
    private static let tests = Result { try Repository().swiftFiles(under: "Tests") }

    private func expectNone(_ violations: [Violation]) {
        for violation in violations { Issue.record("\(violation)") }
    }

    private func files(_ folders: [String]) throws -> [(path: String, text: SourceText)] {
        try folders.flatMap { folder in
            let files = try (folder == "Sources" ? Self.sources : Self.tests).get()
            #expect(!files.isEmpty, "no Swift file under \(folder): the rule would hold for want of files")
            return files
        }
    }

    private func check(_ folders: String..., rule: (String, SourceText) -> [Violation]) throws {
        expectNone(try files(folders).flatMap { rule($0.path, $0.text) })
    }

    @Test("No file has more than 300 lines")
    func files() throws {
        try check("Sources", "Tests", rule: LengthRules.checkFile)
    }

    @Test("No function has more than 70 lines")
    func functions() throws {
        try check("Sources", "Tests", rule: LengthRules.checkFunctions)
    }

    @Test("No folder has more than 20 files")
    func folders() throws {
        expectNone(SizeRules.checkFolders(try files(["Sources", "Tests"]).map(\.path)))
    }

    @Test("No type has more than 12 stored properties")
    func properties() throws {
        let files = try files(["Sources", "Tests"])
        expectNone(files.flatMap { SizeRules.checkProperties($0.path, $0.text) })
    }

    @Test("No function has more than 6 parameters")
    func parameters() throws {
        let files = try files(["Sources", "Tests"])
        expectNone(files.flatMap { SizeRules.checkParameters($0.path, $0.text) })
    }

    @Test("Operators whose precedence is hard to remember have parentheses")
    func operators() throws {
        let files = try files(["Sources", "Tests"])
        expectNone(files.flatMap { OperatorRules.check($0.path, $0.text) })
    }

    @Test("No circle of files inside a target has more than 4")
    func circles() throws {
        let targets = Dictionary(grouping: try files(["Sources"])) { $0.path.split(separator: "/")[1] }
        #expect(targets.count > 10)
        expectNone(targets.keys.sorted().flatMap { CircleRules.check(targets[$0] ?? []) })
    }

    @Test("Nothing is declared that nothing names")
    func dead() throws {
        expectNone(DeadRules.check(try files(["Sources", "Tests"])))
    }

    private func rules() throws -> ImportRules {
        ImportRules(manifest: PackageManifest(try repository.text(of: "Package.swift")))
    }

    @Test("A target imports only what its arrows in Package.swift point to")
    func imports() throws {
        let rules = try rules()
        #expect(rules.manifest.targets.count > 20)
        try check("Sources", "Tests", rule: rules.check)
    }

    @Test("Every dependency in Package.swift is imported")
    func dependencies() throws {
        expectNone(try rules().checkUse(by: files(["Sources", "Tests"])))
    }

    @Test("No arrow in Package.swift points up")
    func arrows() throws {
        expectNone(try rules().arrowsUp)
    }

    @Test("What decides does no I/O, has no clock of its own, and stands on nothing that has")
    func purity() throws {
        let rules = try rules()
        for name in ImportRules.pure {
            #expect(rules.system[name] == nil)
            #expect(rules.manifest[name] != nil)
        }
        expectNone(rules.pureOnImpure)
    }

    @Test(
        "No NIO in the programs, and no loop in what supervises and reads, so that the supervisor stays on one thread")
    func supervisorWithoutNIO() throws {
        let manifest = try rules().manifest
        for target in manifest.targets where target.folder.hasPrefix("Sources/") {
            #expect(!target.dependencies.contains { $0.hasPrefix("NIO") })
        }
        for name in ["Supervision", "Processes", "Scoreboard", "Configuration"] {
            #expect(try #require(manifest[name]).dependencies.isDisjoint(with: ["Loop", "HTTPEdge", "Upstream"]))
        }
    }

    @Test("HTTPEdge and Upstream do not know each other")
    func twoSides() throws {
        let manifest = try rules().manifest
        #expect(try #require(manifest["HTTPEdge"]).dependencies.contains("Upstream") == false)
        #expect(try #require(manifest["Upstream"]).dependencies.contains("HTTPEdge") == false)
    }

    @Test("Nothing traps on a value")
    func traps() throws {
        try check("Sources", "Tests", rule: WordRules.checkTraps)
    }

    @Test("Every promise to the compiler has its proof beside it")
    func promises() throws {
        try check("Sources", "Tests", rule: WordRules.checkPromises)
    }

    /// The pauses between two looks at a condition, each in a loop with a bound.
    private static let pauses = [
        "Tests/GatewaydTests/Support/Machines/Waiting.swift", "Tests/GatewaydTests/Support/Gateways/Program.swift",
        "Tests/GatewaydTests/Supervision/TotalsSampler.swift",
        // How long things stay as they are is what it draws at random.
        "Tests/GatewaydTests/Chaos/ChaosTests.swift",
    ]

    @Test("No test sleeps")
    func sleeps() throws {
        try check("Tests") { path, text in
            Self.pauses.contains(path) ? [] : WordRules.checkSleep(path, text)
        }
    }

    @Test("No name of a test ends in a full stop")
    func names() throws {
        try check("Tests", rule: NameRules.check)
    }

    /// The one place where the time of day is read: it labels records and answers, and decides nothing, so that its jumps
    /// matter to nobody.
    private static let timeOfDay = ["Sources/Processes/System/WallClock.swift"]

    @Test("Nothing is decided by the time of day, which may jump")
    func monotonic() throws {
        try check("Sources") { path, text in
            Self.timeOfDay.contains(path) ? [] : WordRules.checkTimeOfDay(path, text)
        }
    }

    @Test("The top level holds what belongs there")
    func topLevel() throws {
        expectNone(Repository.checkTopLevel(try repository.topLevelNames()))
    }
}
