import Configuration
import FanOut
import Foundation
import Testing

/// The JSON text of a fallback that is written as this YAML; nil when it is refused.
private func fallback(_ yaml: String) throws -> String? {
    let text = "routes: [{ path: /, fan_out: [{ name: a, url: \"http://h/\", fallback: \(yaml) }] }]"
    let configuration = try Configuration.load(text.utf8, path: "f", environment: [:]).configuration
    return firstFanOut(of: configuration)?.calls.first?.fallback.map { String(decoding: $0, as: UTF8.self) }
}

@Test(
    "A fallback's types are those of YAML 1.2's core schema",
    arguments: [
        ("{ items: [] }", #"{"items":[]}"#), ("{ b: 1, a: 2 }", #"{"b":1,"a":2}"#), ("[1, [2], {}]", "[1,[2],{}]"),
        ("null", "null"), ("~", "null"), ("true", "true"), ("FALSE", "false"), ("yes", #""yes""#), ("off", #""off""#),
        ("12", "12"), ("+12", "12"), ("-0", "-0"), ("007", "7"), ("0x1F", "31"), ("0o17", "15"), ("0x", #""0x""#),
        ("1.50", "1.50"), (".5", "0.5"), ("5.", "5"), ("-.5e3", "-0.5e3"), ("1E+2", "1E+2"), ("1e", #""1e""#),
        ("12345678901234567890123", "12345678901234567890123"), ("1_000", #""1_000""#), ("1:30", #""1:30""#),
        ("2026-11-24", #""2026-11-24""#), ("'12'", #""12""#), ("!!str 12", #""12""#), ("!!int '12'", "12"),
        (#""a\"b\\c\n\u0001é""#, #""a\"b\\c\n\u0001é""#), ("plain words", #""plain words""#), ("''", #""""#),
    ])
func writesJSON(yaml: String, json: String) throws {
    #expect(try fallback(yaml) == json)
}

@Test(
    "A number that JSON cannot express is an error at its place",
    arguments: [".nan", ".inf", "-.Inf", "0xFFFFFFFFFFFFFFFFF"])
func refusesUnspeakable(yaml: String) {
    let found = callErrors("url: 'http://h/', fallback: { a: [\(yaml)] }")
    #expect(found == ["1:84: JSON has no number such as '\(yaml)'; quote it to mean a string"])
}

@Test("Any JSON value is its own fallback")
func passesJSON() throws {
    var random = Seeded(3)
    for _ in 0..<300 {
        let value = value(depth: 3, &random)
        let json = try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
        let text = try #require(try fallback(String(decoding: json, as: UTF8.self)))
        let back = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        let again = try JSONSerialization.data(withJSONObject: back, options: [.fragmentsAllowed, .sortedKeys])
        #expect(again == json)
    }
}

private func value(depth: Int, _ random: inout Seeded) -> Any {
    switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
    case 0: return NSNull()
    case 1: return Bool.random(using: &random)
    case 2: return Int.random(in: -1_000_000...1_000_000, using: &random)
    case 3: return Double(Int.random(in: -1_000...1_000, using: &random)) / 8
    case 4: return string(&random)
    case 5: return (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth - 1, &random) }
    default:
        let pairs = (0..<Int.random(in: 0...4, using: &random)).map { index in
            ("k\(index)" + string(&random), value(depth: depth - 1, &random))
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}

private func string(_ random: inout Seeded) -> String {
    let alphabet = Array("ab: ,#{}[]&*!|>'\"%@`\\\n\t-?é😀true0")
    return String(
        (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
}
