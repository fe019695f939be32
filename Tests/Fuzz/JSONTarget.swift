@testable import Base
@testable import FanOut
@testable import HTTP
@testable import JSON

/// What must hold of the scanner and the merges for any bytes at all.
enum JSONTarget {
    static let seeds: [(name: String, bytes: [UInt8])] = [
        ("object", Array(#"{"a":[1,-2.5e3,"x\u00e9\n"],"b":{"c":null,"long key of text":true}}"#.utf8))
    ]

    static func run(_ text: UnsafeBufferPointer<UInt8>) {
        scan(text)
        write(text)
        merge(text)
    }

    private static func isJSON(_ bytes: some Sequence<UInt8>) -> Bool {
        Array(bytes).withUnsafeBufferPointer { (try? JSONScanner.check($0)) != nil }
    }

    /// Both ways to scan agree, what is noted is JSON itself, and what is accepted passes unchanged.
    private static func scan(_ text: UnsafeBufferPointer<UInt8>) {
        let isAccepted = isJSON(text)
        let document = try? JSONScanner.document(text)
        precondition((document != nil) == isAccepted, "check and document differ")
        switch document {
        case .object(let members):
            precondition(members.allSatisfy { isJSON(text[$0.key]) && isJSON(text[$0.value]) }, "a member is no JSON")
        case .array(let elements): precondition(elements.allSatisfy { isJSON(text[$0]) }, "an element is no JSON")
        case .scalar, nil: break
        }
        let part = Part(Array(text), as: .json, needsObject: false)
        precondition(text.isEmpty || part?.json == (isAccepted ? Array(text) : nil), "a body changed")
    }

    /// UTF-8 is what the standard library says, and as a JSON string it comes back.
    private static func write(_ text: UnsafeBufferPointer<UInt8>) {
        let isText = UTF8Sequence.isValid(text)
        precondition(isText == (String(validating: text, as: UTF8.self) != nil), "UTF-8 is judged differently")
        guard isText else { return }
        var json: [UInt8] = []
        JSONText.append(stringOf: text, to: &json)
        precondition(isJSON(json), "a written string is no JSON")
        precondition(JSONText.unescaped(json.dropFirst().dropLast()).elementsEqual(text), "a written string changed")
    }

    /// What is merged of accepted objects is an object again, by every rule; each half of the input is one of them.
    private static func merge(_ text: UnsafeBufferPointer<UInt8>) {
        for middle in [text.count, text.count / 2] {
            let halves = [Array(text[..<middle]), Array(text[middle...]), Array(text[..<middle])]
            let parts = halves.compactMap { Part($0, as: .json, needsObject: true) }
            for rule in ConflictRule.allCases {
                var merge = ObjectMerge(rule: rule)
                for part in parts { merge.add(part.json[...], part.members ?? []) }
                var bytes: [UInt8] = []
                merge.write(to: &bytes)
                precondition(isJSON(bytes), "what is merged is no JSON")
            }
        }
    }
}
