/// A JSON object whose members are looked at by name; one that has a name twice is none, as readers would differ on it.
package struct JSONObject {
    private let text: ArraySlice<UInt8>
    private var members: [String: Range<Int>] = [:]

    /// Reads a whole text; nil when it is no JSON, no object, or has a name twice.
    package init?(_ text: ArraySlice<UInt8>) {
        let document = text.withUnsafeBufferPointer { try? JSONScanner.document($0) }
        guard case .object(let found) = document else { return nil }
        self.text = text
        for member in found {
            let name = String(decoding: text.key(member), as: UTF8.self)
            guard members.updateValue(member.value, forKey: name) == nil else { return nil }
        }
    }

    package init?(_ text: [UInt8]) { self.init(text[...]) }

    /// The value of a member as it is written.
    package subscript(_ name: String) -> ArraySlice<UInt8>? { members[name].map { text.part($0) } }

    /// The value of a member that is a string.
    package func string(_ name: String) -> String? { self[name].flatMap(Self.string) }

    /// The elements of a member that is an array.
    package func elements(_ name: String) -> [ArraySlice<UInt8>]? { self[name].flatMap(Self.elements) }

    /// What a JSON string stands for; nil for any other value.
    package static func string(_ json: ArraySlice<UInt8>) -> String? {
        json.first == UInt8(ascii: "\"") ? JSONText.text(ofScalar: json) : nil
    }

    /// The elements of a JSON array; nil for any other value.
    package static func elements(_ json: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard case .array(let elements) = json.withUnsafeBufferPointer({ try? JSONScanner.document($0) }) else {
            return nil
        }
        return elements.map { json.part($0) }
    }
}
