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
        #expect(lines(WordRules.checkSleep("A.swift", SourceText(code))) == [1])
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

    @Test(
        "An import against the arrows is a violation",
        arguments: [
            ("Sources/FanOut/A.swift", "Glibc"), ("Sources/FanOut/A.swift", "Dispatch"),
            ("Sources/Configuration/A.swift", "Glibc"), ("Sources/Supervision/A.swift", "NIOCore"),
            ("Sources/HTTPEdge/A.swift", "Upstream"), ("Sources/Processes/A.swift", "Foundation"),
            ("Sources/New/A.swift", "FanOut"),
        ])
    func imports(path: String, module: String) {
        #expect(ImportRules.house.check(path, SourceText("import \(module)")).count == 1)
        #expect(ImportRules.house.check("Sources/Worker/A.swift", SourceText("import Glibc\nimport Upstream")).isEmpty)
    }

    @Test("Foundation is allowed where the file is listed with a reason")
    func foundation() {
        var rules = ImportRules.house
        rules.foundation["Sources/Admin/A.swift"] = "because"
        #expect(rules.check("Sources/Admin/A.swift", SourceText("import Foundation")).isEmpty)
        #expect(rules.check("Sources/Admin/B.swift", SourceText("import Foundation")).count == 1)
    }

    @Test("A manifest that says something else than the table, or points up, is a violation")
    func manifest() {
        let manifest = PackageManifest(
            """
            let package = Package(
                targets: [
                    .target(name: "C", linkerSettings: [.linkedLibrary("curl")]),
                    house("A", ["C", "B", .product(name: "P", package: "p")] + nio),
                    house("B"),
                    .executableTarget(name: "main", dependencies: ["A", arguments], swiftSettings: swift),
                ])
            """)
        let table: [String: Set<String>] = [
            "A": ["C", "B", "P", "NIOCore", "NIOPosix"], "B": [], "main": ["A", "ArgumentParser"],
        ]
        #expect(manifest.differences(from: table).isEmpty)
        #expect(lines(manifest.arrowsUp) == [4])
        #expect(lines(manifest.differences(from: ["A": [], "B": [], "main": table["main"] ?? [], "D": []])) == [4, 1])
    }

    @Test("A stray file at the top is a violation, a dot-file is not")
    func topLevel() {
        #expect(Repository.checkTopLevel(["Sources", ".ci", "notes.txt"]).map(\.path) == ["notes.txt"])
    }
}
