import Testing

@Suite("The house is tidy")
struct TidyTests {
    private let repository = Repository()

    private func expectNone(_ violations: [Violation]) {
        for violation in violations { Issue.record("\(violation)") }
    }

    private func check(_ folders: String..., rule: (String, SourceText) -> [Violation]) throws {
        for folder in folders {
            let files = try repository.swiftFiles(under: folder)
            #expect(!files.isEmpty, "no Swift file under \(folder): the rule would hold for want of files")
            expectNone(files.flatMap { rule($0.path, $0.text) })
        }
    }

    @Test("No file has more than 300 lines")
    func files() throws {
        try check("Sources", "Tests", rule: LengthRules.checkFile)
    }

    @Test("No function has more than 70 lines")
    func functions() throws {
        try check("Sources", "Tests", rule: LengthRules.checkFunctions)
    }

    @Test("A target imports only what its arrows point to")
    func imports() throws {
        try check("Sources", rule: ImportRules.house.check)
    }

    @Test("The table of imports says what Package.swift says")
    func manifest() throws {
        let manifest = PackageManifest(try repository.text(of: "Package.swift"))
        #expect(manifest.targets.count > 10)
        expectNone(manifest.differences(from: ImportRules.house.modules))
    }

    @Test("No arrow in Package.swift points up")
    func arrows() throws {
        expectNone(PackageManifest(try repository.text(of: "Package.swift")).arrowsUp)
    }

    @Test("Only FanOut is free of every import, and Configuration of the system's")
    func purity() {
        let rules = ImportRules.house
        #expect(rules.modules["FanOut"] == [])
        #expect(rules.system["FanOut"] == nil)
        #expect(rules.system["Configuration"] == nil)
    }

    @Test("No NIO in what supervises and reads, so that the supervisor stays on one thread")
    func supervisorWithoutNIO() {
        for target in ["Supervision", "Processes", "Scoreboard", "Configuration"] {
            let modules = ImportRules.house.modules[target] ?? []
            #expect(!modules.contains { $0.hasPrefix("NIO") || $0 == "Loop" || $0 == "HTTPEdge" || $0 == "Upstream" })
        }
    }

    @Test("HTTPEdge and Upstream do not know each other")
    func twoSides() {
        #expect(ImportRules.house.modules["HTTPEdge"]?.contains("Upstream") == false)
        #expect(ImportRules.house.modules["Upstream"]?.contains("HTTPEdge") == false)
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
        "Tests/GatewaydTests/Support/Waiting.swift", "Tests/GatewaydTests/Support/Program.swift",
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

    /// Where the time of day is read: it labels records and answers, and decides nothing, so that its jumps matter to nobody.
    private static let timeOfDay = ["Sources/Scoreboard/WallTime.swift", "Sources/HTTPEdge/ResponseWriter.swift"]

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
