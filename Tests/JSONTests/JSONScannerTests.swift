import TestSupport
import Testing

@testable import JSON

/// What is JSON by RFC 8259, in the manner of JSONTestSuite (https://github.com/nst/JSONTestSuite).
@Suite struct JSONScannerTests {
    private static func error(in bytes: [UInt8]) -> JSONError? {
        bytes.withUnsafeBufferPointer { text in
            do throws(JSONError) {
                try JSONScanner.check(text)
                return nil
            } catch {
                return error
            }
        }
    }

    private static func error(in text: String) -> JSONError? { error(in: Array(text.utf8)) }

    @Test(arguments: [
        "0", "-0", "7", "10", "-123", "0.5", "-0.0", "1e1", "1E1", "1e+1", "1e-1", "0e0", "0.1e23",
        "123456789012345678901",
        "1e9999", "-1e-9999", "1.000000000000000000005",
    ])
    func isANumber(text: String) {
        #expect(Self.error(in: text) == nil)
        #expect(Self.error(in: "[\(text)]") == nil)
        #expect(Self.error(in: "{\"a\": \(text) }") == nil)
    }

    @Test(arguments: [
        "00", "01", "-01", "-", "+1", ".5", "-.5", "1.", "1.e1", "1e", "1e+", "1E-", "1ee1", "1e1.5", "1.2.3", "0x1F",
        "1_000",
        "NaN", "nan", "Infinity", "-Infinity", "- 1", "1 2", "--1", "１", "1,", "0e", "1e 1", "²",
    ])
    func isNoNumber(text: String) {
        #expect(Self.error(in: text) != nil)
        #expect(Self.error(in: "[\(text)]") != nil || text == "1,")
        #expect(Self.error(in: "{\"a\":\(text)}") != nil)
    }

    @Test(arguments: ["true", "false", "null", " true", "\tnull\r\n", "[true,false,null]"])
    func isALiteral(text: String) {
        #expect(Self.error(in: text) == nil)
    }

    @Test(arguments: [
        "True", "TRUE", "tru", "truee", "nul", "nulll", "fals", "undefined", "n ull", "t\u{0}rue", "nullnull",
    ])
    func isNoLiteral(text: String) {
        #expect(Self.error(in: text) != nil)
    }

    @Test(arguments: [
        #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\uD83D\uDE00""#, #""\uabCD\uEF01""#, #""\ud800""#,
        #""\udc00\ud800""#, "\"\u{7F}\"", "\"é€😀\u{10FFFF}\u{FFFE}\u{FEFF}\u{2028}\"", #""\\u12""#, #""//*comment*/""#,
    ])
    func isAString(text: String) {
        #expect(Self.error(in: text) == nil)
        #expect(Self.error(in: "{\(text):\(text)}") == nil)
    }

    @Test(arguments: [
        #"""#, #""a"#, #""\"#, #""\""#, #""\a""#, #""\x41""#, #""\'""#, #""\U0041""#, #""\u""#, #""\u12""#, #""\u123""#,
        #""\u123g""#, #""\u+123""#, #""\u 123""#, #""\uD83D\u""#, #""\0""#, "'a'", "a", "\"a\nb\"", "\"\t\"",
        "\"\u{0}\"",
        "\"\u{1F}\"", "\"a\"b", #""a\"#, "“a”",
    ])
    func isNoString(text: String) {
        #expect(Self.error(in: text) != nil)
        #expect(Self.error(in: "[\(text)]") != nil)
        #expect(Self.error(in: "{\(text):1}") != nil)
    }

    @Test(arguments: [
        "[]", "{}", "[ ]", "{ }", "[[]]", "[{}]", "{\"\":{}}", "[1,2,3]", " [ 1 , [ ] ] ", "{\"a\":1,\"a\":2}",
        "{\"a\" : [ { \"b\" : null } ] }", "\r\n[\t]\n",
    ])
    func isAnArrayOrObject(text: String) {
        #expect(Self.error(in: text) == nil)
    }

    @Test(arguments: [
        "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}", "{]", "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{1:1}", "{'a':1}", "{null:1}", "{\"a\":1 \"b\":2}",
        "[]]",
        "{}}", "[][]", "{}{}", "[] 1", "[]//", "/**/[]", "[]#", "[\u{C}]", "[\u{A0}]", "[\u{2060}]", "\u{FEFF}[]",
        "[]\u{0}",
        "\u{0}", "[1\u{0}]", "[\"a\":1]", "{\"a\":1;\"b\":2}", "[1;2]", "*", "<null>", "[\"a\",\n4\n,1,",
    ])
    func isNoArrayOrObject(text: String) {
        #expect(Self.error(in: text) != nil)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x22], [0xC3, 0x28],
            [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func textThatIsNotUTF8IsRefusedWhereItStarts(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(Self.error(in: [quote, 0x61] + bytes + [quote]) == JSONError(message: "this is not UTF-8", offset: 2))
        #expect(Self.error(in: [quote, 0x61] + bytes) != nil)
    }

    @Test func utf16IsRefused() {
        #expect(Self.error(in: [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00]) != nil)
        #expect(Self.error(in: [0x00, 0x5B, 0x00, 0x5D]) != nil)
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}"), (" [ ", " ] ")])
    func theDepthLimitIsExact(open: String, close: String) {
        let limit = JSONScanner.depthLimit
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        #expect(Self.error(in: nested(limit)) == nil)
        #expect(Self.error(in: nested(limit + 1))?.message == "nested deeper than 256")
        #expect(Self.document(nested(limit)) != nil)
        #expect(Self.document(nested(limit + 1)) == nil)
    }

    @Test func aHundredThousandOpenBracketsAreRefusedAtTheLimit() {
        #expect(Self.error(in: String(repeating: "[", count: 100_000))?.offset == JSONScanner.depthLimit)
    }

    @Test func theDepthIsThatOfNestingAndNotOfTheNumberOfArrays() {
        #expect(Self.error(in: "[" + Array(repeating: "[[]]", count: 1_000).joined(separator: ",") + "]") == nil)
    }

    @Test(arguments: [
        ("[1,x]", 3, "a value was expected"), ("{\"a\" 1}", 5, "':' was expected"),
        ("[1 2]", 3, "',' or ']' was expected"),
        ("{\"a\":1 2}", 7, "',' or '}' was expected"), ("{1}", 1, "a member's name was expected"),
        ("[] x", 3, "something follows the value"), ("tRue", 1, "'true' was expected"),
        ("-x", 1, "a digit was expected"),
        ("\"\\q\"", 2, "an unknown escape"), ("\"\\u12x4\"", 5, "'\\u' takes four hexadecimal digits"),
        ("\"a\u{1}\"", 2, "a control character in a string is written as an escape"),
        ("", 0, "the text ends in the middle of a value"), ("[1", 2, "the text ends in the middle of a value"),
        ("\"a", 2, "the text ends in the middle of a value"), ("\"\\", 2, "the text ends in the middle of a value"),
    ])
    func anErrorSaysWhatAndWhere(text: String, offset: Int, message: String) {
        #expect(Self.error(in: text) == JSONError(message: message, offset: offset))
    }

    private static func document(_ text: String) -> JSONScanner.Document? {
        Array(text.utf8).withUnsafeBufferPointer { try? JSONScanner.document($0) }
    }

    @Test func theMembersOfAnObjectAreFoundWithTheirQuotesAndWithoutTheSpaceAround() throws {
        let json = " { \"a\" : 1 , \"b\\\"\":[ 1, 2 ] ,\"\":{\"c\":{}}\n} "
        guard case .object(let members) = Self.document(json) else {
            Issue.record("no object")
            return
        }
        let bytes = Array(json.utf8)
        #expect(members.map { text(bytes[$0.key]) } == ["\"a\"", "\"b\\\"\"", "\"\""])
        #expect(members.map { text(bytes[$0.value]) } == ["1", "[ 1, 2 ]", "{\"c\":{}}"])
    }

    @Test func theElementsOfAnArrayAreFoundWithoutTheSpaceAround() throws {
        let json = "\n[ 1 ,\"a,b\", [ ] , {\"x\":[1,2]}\t]"
        guard case .array(let elements) = Self.document(json) else {
            Issue.record("no array")
            return
        }
        let bytes = Array(json.utf8)
        #expect(elements.map { text(bytes[$0]) } == ["1", "\"a,b\"", "[ ]", "{\"x\":[1,2]}"])
    }

    @Test(arguments: ["1", "\"a\"", "null", " true "])
    func anythingElseIsAScalar(json: String) {
        #expect(Self.document(json) == .scalar)
    }

    @Test func theEmptyOnesHaveNoParts() {
        #expect(Self.document("{ }") == .object([]))
        #expect(Self.document("[ ]") == .array(elements: []))
    }

    @Test(arguments: ["[1]x", "{\"a\":1}{", "[1", "{\"a\":01}", ""])
    func aDocumentIsCheckedToItsEnd(json: String) {
        #expect(Self.document(json) == nil)
    }
}
