import Base
package import JSON

/// What a call's body must be, and how it enters the answer (`as:`).
package enum BodyKind: String, Sendable, CaseIterable {
    /// JSON text, passed on byte for byte.
    case json
    /// UTF-8 text, as a JSON string.
    case text
    /// Any bytes, as a JSON string in Base64 (RFC 4648 section 4).
    case base64
}

/// A body as it enters the answer: JSON text, checked.
package struct Part: Sendable, Equatable {
    package var json: [UInt8]
    /// The members at its top level, where the merge needs them and the text is an object.
    package var members: [JSONScanner.Member]?

    package static let null = Part(json: Array("null".utf8), members: nil)

    /// Takes a body for what the call accepts; nil when it is not that.
    ///
    /// An empty body is `null`. With `needsObject` anything but an object or `null` is refused.
    package init?(_ body: [UInt8], as kind: BodyKind, needsObject: Bool) {
        if body.isEmpty {
            self = .null
            return
        }
        switch kind {
        case .json:
            self.init(json: body, needsObject: needsObject)
        case .text where !needsObject:
            var json: [UInt8] = []
            let isText = body.withUnsafeBufferPointer { text in
                guard UTF8Sequence.isValid(text) else { return false }
                JSONText.append(stringOf: text, to: &json)
                return true
            }
            guard isText else { return nil }
            self.init(json: json, members: nil)
        case .base64 where !needsObject:
            var json: [UInt8] = []
            json.reserveCapacity(Base64.length(of: body.count) + 2)
            json.append(UInt8(ascii: "\""))
            Base64.append(body, to: &json)
            json.append(UInt8(ascii: "\""))
            self.init(json: json, members: nil)
        case .text, .base64:
            return nil
        }
    }

    private init?(json: [UInt8], needsObject: Bool) {
        do throws(JSONError) {
            var members: [JSONScanner.Member]?
            try json.withUnsafeBufferPointer { text throws(JSONError) in
                guard needsObject else { return try JSONScanner.check(text) }
                if case .object(let found) = try JSONScanner.document(text) { members = found }
            }
            if needsObject, members == nil, !Self.isNull(json) { return nil }
            self.init(json: json, members: members)
        } catch {
            return nil
        }
    }

    private init(json: [UInt8], members: [JSONScanner.Member]?) {
        self.json = json
        self.members = members
    }

    private static func isNull(_ json: [UInt8]) -> Bool {
        json.lazy.filter { $0 > 0x20 }.elementsEqual("null".utf8)
    }
}

/// How a call's body becomes its part; shared, since a value so large would be copied for each body.
package final class PartReading: Sendable {
    package let kind: BodyKind
    /// As the merge has it (`MergeMode.Traits`).
    package let needsObject: Bool
    package let shape: Shape?
    /// JSON text that stands in for an empty body, and where the shape finds nothing.
    package let standard: [UInt8]?

    package init(kind: BodyKind, needsObject: Bool, shape: Shape? = nil, standard: [UInt8]? = nil) {
        self.kind = kind
        self.needsObject = needsObject
        self.shape = shape
        self.standard = standard
    }

    /// The part of a body; nil when this is not what the call accepts.
    package func part(_ body: [UInt8]) -> Part? {
        if body.isEmpty, let standard { return Part(standard, as: .json, needsObject: needsObject) }
        guard let shape, !body.isEmpty else { return Part(body, as: kind, needsObject: needsObject) }
        guard let whole = Part(body, as: kind, needsObject: false) else { return nil }
        return (shape.apply(to: whole.json) ?? standard).flatMap { Part($0, as: .json, needsObject: needsObject) }
    }
}
