import Testing

/// Rules on what stands beside what: each is shown to fail.
@Suite("The rules of parts see what they are for")
struct PartsRuleTests {
    private func lines(_ violations: [Violation]) -> [Int] { violations.map(\.line) }

    private func file(_ text: String) -> (path: String, text: SourceText) { ("Sources/A/A.swift", SourceText(text)) }

    @Test(
        "Logical operators and shifts beside others need parentheses",
        arguments: [
            "a && b || c", "a || b && c", "f(x, a || b && c)", "if a &&\n    b ||\n    c {}",
            "let x = a == b && c || d",
            "a << 8 | b", "a | b >> 8", "a &<< 1 + b", "1 << n - 1", "a << 8 == b", "{ $0 << 8 | $1 }", "a << 1 >> 2",
        ])
    func mixedOperators(code: String) {
        #expect(!OperatorRules.check("A.swift", SourceText(code)).isEmpty)
    }

    @Test(
        "Operators with parentheses, or in different expressions, need none more",
        arguments: [
            "(a && b) || c", "a && b && c", "if a && b, c || d {}", "a && f(b || c)", "let x = a && b\nlet y = c || d",
            "(a << 8) | b", "a << (b + 1)", "x = a << b", "x <<= 1 + a", "let a: Array<Array<Int>> = b + c",
            "c ? a << 1 : b + 1", "f(a << 1, b + 1)", "a << 1 << 2", "return a || b\n}\nlet c = d && e",
            "{ a && b }\nreturn c || d", "0..<(1 << n)",
        ])
    func unmixedOperators(code: String) {
        #expect(OperatorRules.check("A.swift", SourceText(code)).isEmpty)
    }

    @Test("A mixture is told of at its line", arguments: [2, 9])
    func lineOfMixture(line: Int) {
        let text = String(repeating: "\n", count: line - 1) + "let a = b || c && d"
        #expect(lines(OperatorRules.check("A.swift", SourceText(text))) == [line])
    }

    @Test(
        "A type of 12 stored properties passes, one of 13 does not, and others' properties do not count",
        arguments: ["struct S", "final class S", "package actor S", "enum E { struct S"])
    func storedProperties(head: String) {
        let stored = ["let a: Int", "private var b = { 1 }()", "lazy var c = 1", "var d = 1 {\n didSet { f() }\n}"]
        let others = [
            "static let e = 1", "var f: Int { 1 }", "var g: [Int] {\n get { [] }\n}", "func h() { let i = 1 }",
            "struct Inner { var j = 1\n var k = 2 }",
        ]
        for count in [12, 13] {
            let more = (0..<(count - 4)).map { "var x\($0): [Int: String]?" }
            let text = ([head + " {"] + stored + others + more + ["}"]).joined(separator: "\n")
            #expect(lines(SizeRules.checkProperties("A.swift", SourceText(text))) == (count == 13 ? [1] : []))
        }
    }

    @Test(
        "A function of 6 parameters passes, one of 7 does not",
        arguments: ["func f(", "package init?(", "func g<A: B>(", "static func h(", "init("])
    func parameters(head: String) {
        let six = [
            "a: Int", "_ b: [Int: String]", "in c: (d: Int, e: Int) -> Void",
            "f: @escaping (Int, Int) -> Int = { $0 + $1 }",
            "g: Map<Int, Int> = [1: 2]", "h: inout Int",
        ]
        let passing = head + six.joined(separator: ", ") + ") {}"
        #expect(SizeRules.checkParameters("A.swift", SourceText(passing)).isEmpty)
        let failing = "\n" + head + six.joined(separator: ",\n ") + ", i: Int) {}"
        #expect(lines(SizeRules.checkParameters("A.swift", SourceText(failing))) == [2])
    }

    @Test("A call of an initializer has no parameters")
    func calls() {
        let arguments = (0..<8).map { "a\($0): 1" }.joined(separator: ", ")
        #expect(
            SizeRules.checkParameters("A.swift", SourceText("self.init(\(arguments))\nS.init(\(arguments))")).isEmpty)
    }

    @Test("A folder of 20 files passes, one of 21 does not, and folders inside it count for themselves")
    func folders() {
        let files = (0..<20).flatMap { ["Sources/A/\($0).swift", "Sources/A/B/\($0).swift"] }
        #expect(SizeRules.checkFolders(files).isEmpty)
        #expect(SizeRules.checkFolders(files + ["Sources/A/B/20.swift"]).map(\.path) == ["Sources/A/B"])
    }

    @Test("A circle of 4 files passes, one of 5 does not, and a chain is no circle", arguments: [4, 5, 9])
    func circles(count: Int) {
        let circle = (0..<count).map { number in
            let next = "T\((number + 1) % count)"
            return ("Sources/A/F\(number).swift", SourceText("package final class T\(number) { var next: \(next)? }"))
        }
        #expect(CircleRules.check(circle).map(\.path) == (count > 4 ? ["Sources/A/F0.swift"] : []))
        #expect(CircleRules.check(Array(circle.dropLast())).isEmpty)
    }

    @Test("Names in comments and strings, of private and of nested types, make no circle")
    func noCircle() {
        let texts = [
            "struct A { let b: B }", "struct B { let c: C }", "struct C { let d: D }",
            "struct D { let e: E }", "struct E {} // A\nlet a = \"A\"\n/* A */",
        ]
        let files = texts.enumerated().map { ("Sources/A/\($0).swift", SourceText($1)) }
        #expect(CircleRules.check(files).isEmpty)
        let closed = files.dropLast() + [("Sources/A/4.swift", SourceText("struct E { let a = \"\\(A.self)\" }"))]
        #expect(CircleRules.check(Array(closed)).count == 1)
        let hidden = [("Sources/A/0.swift", SourceText("private struct A { let b: B }"))] + closed.dropFirst()
        #expect(CircleRules.check(Array(hidden)).isEmpty)
        let nested = [("Sources/A/0.swift", SourceText("enum N { struct A { let b: B } }"))] + closed.dropFirst()
        #expect(CircleRules.check(Array(nested)).isEmpty)
    }

    @Test(
        "What nothing names is dead",
        arguments: [
            "struct Gone {}", "func gone() {}", "let gone = 1", "extension A { var gone: Int { 1 } }",
            "struct A { static func gone() {} }\nlet a = A()", "enum A { case a, gone(Int) }\nlet a = A.a",
            "protocol P { func gone() }\nstruct S: P { func gone() {} }\nlet s: P = S()\nf(s)",
            "package typealias Gone = Int", "func gone() {} // gone()\nlet a = \"gone\"\nf(a)",
        ])
    func dead(code: String) {
        let names = DeadRules.check([file(code), file("A.a; P.self; a; s")]).map(\.message)
        #expect(!names.isEmpty)
        #expect(names.allSatisfy { $0.lowercased().contains("'gone'") })
    }

    @Test(
        "What is named, or reached by another way than its name, is not dead",
        arguments: [
            "func used() {}\nlet a = used()\nf(a)", "private func own() {}", "func f() { let local = 1 }\nf()",
            "@main struct Main { static func main() {} }\nMain.main()", "struct A: B { override func gone() {} }\nA()",
            "struct A { @Option var gone = 1 }\nA()", "enum A: String { case gone }\nA.self",
            "struct T { @Test func fact() {} }", "struct A: P { var description: String }\nA()",
            "struct A { static func + (a: A, b: A) -> A }\nA()", "let a = \"\\(used)\"\nf(a)\nlet used = 1",
            "enum A { case `default` }\nA.default",
        ])
    func alive(code: String) {
        #expect(DeadRules.check([file(code)]).map(\.message) == [])
    }

    @Test(
        "A name of a test or suite that ends in a full stop is found, where it ends",
        arguments: [
            "@Test(\"It is.\")", "@Suite(\"It is.\")", "@Test(\"a\", x)\n@Test(\n    \"it is.\",\n    arguments: [1])",
            "let a = \"A.\"\n@Test(#\"it is \"so\".\"#)",
        ])
    func fullStops(code: String) {
        let line = code.split(separator: "\n").firstIndex { $0.contains("it is") } ?? 0
        #expect(lines(NameRules.check("A.swift", SourceText(code))) == [line + 1])
    }

    @Test(
        "A full stop elsewhere is none of a name",
        arguments: [
            "@Test(\"it is\")", "@Test(\"a. b\")", "@Test(\"it is\", .enabled(if: a, \"There is none.\"))",
            "f(\"It is.\")",
            "// @Test(\"It is.\")", "@Test func a() { f(\"It is.\") }", "let a = \"@Test(\\\"It is.\\\")\"",
        ])
    func otherFullStops(code: String) {
        #expect(NameRules.check("A.swift", SourceText(code)).isEmpty)
    }
}
