import Testing

/// Each rule is shown to fail: a rule that cannot proves nothing.
@Suite("The rules see what they are for")
struct RuleTests {
    private func lines(_ violations: [Violation]) -> [Int] { violations.map(\.line) }

    private func function(_ head: String, lines: Int) -> String {
        ([head + " {"] + Array(repeating: "    step()", count: lines - 2) + ["}"]).joined(separator: "\n")
    }

    @Test("A file of 300 lines passes, one of 301 does not")
    func fileLength() {
        let longest = String(repeating: "x\n", count: 300)
        #expect(LengthRules.checkFile("A.swift", SourceText(longest)).isEmpty)
        let violations = LengthRules.checkFile("A.swift", SourceText(longest + "x\n"))
        #expect(violations.map(\.description).first?.hasPrefix("A.swift:301: the file has 301 lines") == true)
    }

    @Test(
        "A function of 70 lines passes, one of 71 does not, whatever it is called",
        arguments: [
            "func f(_ a: Int = { 1 }()) -> Int", "package init?(a: [Int])", "deinit", "subscript(i: Int) -> Int",
            "static var a: Self", "func f<A>() async throws(E) -> (A) -> Void where A: B",
        ])
    func functionLength(head: String) {
        #expect(LengthRules.checkFunctions("A.swift", SourceText(function(head, lines: 70))).isEmpty)
        #expect(lines(LengthRules.checkFunctions("A.swift", SourceText("\n" + function(head, lines: 71)))) == [2])
    }

    @Test("A requirement without a body and a stored property do not count what follows them")
    func bodiless() {
        let type = function("struct S", lines: 100)
        for head in ["protocol P {\nfunc f() async -> Int\n}", "var a: Int = 1", "self.init(1)", "let a = S.init"] {
            #expect(LengthRules.checkFunctions("A.swift", SourceText(head + "\n" + type)).isEmpty)
        }
    }

    @Test("Braces in strings and comments do not count")
    func braces() {
        let body = [#"    let a = "{""#, "    // {", "    /* { /* { */ */", ##"    let b = #"{ " {"#"##]
        let text = (["func f() {"] + body + ["}", function("struct S", lines: 100)]).joined(separator: "\n")
        #expect(LengthRules.checkFunctions("A.swift", SourceText(text)).isEmpty)
    }

    @Test(
        "A line's code is without comments and the contents of strings, and keeps what is interpolated",
        arguments: [
            (#"a "b" // c"#, #"a " " "#, true), (#"a "\(b ? "c" : d(e))" f"#, #"a "(b ? " " : d(e))" f"#, false),
            ("/// a", "", false), ("a /* b */ c", "a  c", true), (##"#"a\(b)"# c"##, #""     " c"#, false),
        ])
    func code(text: String, code: String, hasComment: Bool) {
        let line = SourceText(text).lines[0]
        #expect(line.code == code)
        #expect(line.hasComment == hasComment)
    }

    @Test("A string over several lines hides what is in it, and no more")
    func multiline() {
        let text = SourceText("let a = \"\"\"\n    try! \\(b as! C)\n    \"\"\"\nlet d = try! e()")
        #expect(lines(WordRules.checkTraps("A.swift", text)) == [2, 4])
        #expect(WordRules.checkTraps("A.swift", text)[0].message.hasPrefix("'as!'"))
    }

    @Test("What traps is found in code and nowhere else", arguments: ["try! a()", "a as! B", "fatalError()"])
    func traps(code: String) {
        #expect(lines(WordRules.checkTraps("A.swift", SourceText("a\n  \(code)"))) == [2])
        #expect(WordRules.checkTraps("A.swift", SourceText("a // \(code)\n\"\(code)\"")).isEmpty)
        #expect(WordRules.checkTraps("A.swift", SourceText("has!\nmyfatalError()\nretry!")).isEmpty)
    }

    @Test(
        "A promise wants a comment on its line or beside it, and documentation is none",
        arguments: ["struct A: @unchecked Sendable {", "nonisolated(unsafe) var a = 1", "unowned(unsafe) let a: A"])
    func promises(code: String) {
        #expect(lines(WordRules.checkPromises("A.swift", SourceText("/// A.\n\(code)\nb"))) == [2])
        #expect(lines(WordRules.checkPromises("A.swift", SourceText("// why\n\n\(code)"))) == [3])
        for proven in ["// why\n\(code)", "\(code)  // why", "/// A.\n\(code)\n// why"] {
            #expect(WordRules.checkPromises("A.swift", SourceText(proven)).isEmpty)
        }
    }

    @Test(
        "Every way to sleep is seen",
        arguments: ["try await Task.sleep(for: a)", "usleep(1)", "sleep(1)", "nanosleep(a)"])
    func sleeps(code: String) {
        #expect(Set(lines(WordRules.checkSleep("A.swift", SourceText(code)))) == [1])
        #expect(WordRules.checkSleep("A.swift", SourceText("asleep(1) // \(code)")).isEmpty)
    }

    @Test(
        "An import is seen in every form",
        arguments: [
            "import A", "package import A", "@testable import A", "@_spi(B) private import A", "import struct A.B",
            "@preconcurrency public import A",
        ])
    func importForms(code: String) {
        #expect(ImportRules.module(importedBy: code) == "A")
        #expect(ImportRules.module(importedBy: "let " + code) == nil)
    }

    private let manifest = PackageManifest(
        """
        let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
        let nio: [Target.Dependency] = [
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        ]
        let package = Package(
            dependencies: [.package(url: "https://x//y.git", from: "1.0.0")],
            targets: [
                .target(name: "C", linkerSettings: [.linkedLibrary("curl")]),
                house("Base"),  // "X"
                house(
                    "Loop", ["C", "Base", .product(name: "P", package: "p")] + nio, files: ["page"]),
                .executableTarget(name: "main", dependencies: ["Loop", arguments], swiftSettings: swift),
                benchmark("bench", in: "folder", ["Base"]),
                .target(name: "Help", dependencies: ["Base"], path: "Tests/Support"),
                tests("Loop", ["Help"]),
                .testTarget(name: "MainTests", dependencies: ["main", "Base"] + nio),
            ])
        """)

    @Test("A target's dependencies and folder are read from its row in the manifest")
    func rows() {
        let dependencies = Dictionary(uniqueKeysWithValues: manifest.targets.map { ($0.name, $0.dependencies) })
        #expect(
            dependencies == [
                "C": [], "Base": [], "Loop": ["C", "Base", "P", "NIOCore", "NIOPosix"],
                "main": ["Loop", "ArgumentParser"], "bench": ["Base"], "Help": ["Base"], "LoopTests": ["Loop", "Help"],
                "MainTests": ["main", "Base", "NIOCore", "NIOPosix"],
            ])
        #expect(
            manifest.targets.map(\.folder) == [
                "Sources/C", "Sources/Base", "Sources/Loop", "Sources/main", "Tests/Benchmarks/folder", "Tests/Support",
                "Tests/LoopTests", "Tests/MainTests",
            ])
        #expect(manifest.targets.map(\.line) == [8, 9, 10, 12, 13, 14, 15, 16])
        #expect(manifest.targets.filter(\.isProgram).map(\.name) == ["main", "bench"])
    }

    @Test(
        "An import against the arrows is a violation",
        arguments: [
            ("Sources/Base/A.swift", "Glibc"), ("Sources/Base/A.swift", "Loop"), ("Sources/Loop/A.swift", "Dispatch"),
            ("Sources/Loop/A.swift", "Foundation"), ("Sources/main/A.swift", "Base"),
            ("Tests/Support/A.swift", "NIOCore"), ("Tests/LoopTests/Room/A.swift", "C"),
        ])
    func imports(path: String, module: String) {
        let rules = ImportRules(manifest: manifest)
        #expect(lines(rules.check(path, SourceText("\nimport \(module)"))) == [2])
    }

    @Test(
        "An import along the arrows is none",
        arguments: [
            ("Sources/Loop/A.swift", "Glibc"), ("Sources/Loop/A.swift", "NIOPosix"), ("Sources/main/A.swift", "Loop"),
            ("Tests/LoopTests/A.swift", "Foundation"), ("Tests/LoopTests/A.swift", "Help"),
        ])
    func allowedImports(path: String, module: String) {
        #expect(ImportRules(manifest: manifest).check(path, SourceText("import \(module)")).isEmpty)
    }

    @Test("Foundation is allowed where the file is listed with a reason")
    func foundation() {
        let rules = ImportRules(manifest: manifest, foundation: ["Base/A.swift": "because"])
        #expect(rules.check("Sources/Base/Room/A.swift", SourceText("import Foundation")).isEmpty)
        #expect(rules.check("Sources/Base/B.swift", SourceText("import Foundation")).count == 1)
    }

    @Test("A dependency that no file imports is a violation, and so is a permission that none uses")
    func unusedDependencies() {
        let rules = ImportRules(
            manifest: manifest, system: ["Loop": ["Glibc", "Dispatch"]], foundation: ["Base/A.swift": ""])
        let files = [
            ("Sources/Loop/A.swift", "import C\nimport Glibc\nimport NIOCore\nimport P"),
            ("Sources/Loop/B.swift", "import NIOPosix"), ("Sources/main/A.swift", "import Loop\nimport ArgumentParser"),
            ("Tests/Benchmarks/folder/A.swift", "import Base"), ("Tests/Support/A.swift", "import Base"),
            ("Tests/LoopTests/A.swift", "import Help\nimport Loop"),
            ("Tests/MainTests/A.swift", "import Base\nimport NIOCore\nimport NIOPosix"),
        ]
        let violations = rules.checkUse(by: files.map { ($0.0, SourceText($0.1)) })
        #expect(violations.map(\.line) == [10, 1, 1])
        #expect(violations.first?.message.hasPrefix("Loop depends on Base") == true)
    }

    @Test("An arrow up is a violation, and so is one from what decides to what acts")
    func arrows() {
        let manifest = PackageManifest(
            """
            targets: [
                house("A", ["B"]),
                house("B", ["A"]),
                house("Base", ["A"]),
            ]
            """)
        let rules = ImportRules(manifest: manifest)
        #expect(lines(rules.arrowsUp) == [2])
        #expect(lines(rules.pureOnImpure) == [4])
    }

    @Test("A stray file at the top is a violation, a dot-file is not")
    func topLevel() {
        #expect(Repository.checkTopLevel(["Sources", ".ci", "notes.txt"]).map(\.path) == ["notes.txt"])
    }
}
