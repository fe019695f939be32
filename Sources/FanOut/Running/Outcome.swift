import Base
package import JSON
package import Policy

/// What became of one call.
package enum Outcome: Sendable, Equatable {
    /// 2xx with a body that the call accepts.
    case success(status: Int, part: Part)
    /// The status is there when the upstream's answer was, and was the reason or not.
    case failure(Failure, status: Int?)
}

/// An outcome and when it came, from the start of the fan-out.
package struct Settled: Sendable, Equatable {
    package var outcome: Outcome
    package var elapsed: Duration

    package init(_ outcome: Outcome, elapsed: Duration) {
        self.outcome = outcome
        self.elapsed = elapsed
    }

    /// Why it failed, nil when it did not.
    package var failure: Failure? {
        if case .failure(let failure, _) = outcome { failure } else { nil }
    }

    /// Of the upstream's answer; nil where there was none.
    package var status: Int? {
        switch outcome {
        case .success(let status, _): status
        case .failure(_, let status): status
        }
    }

    /// The members that say how a call ended, without braces: `"error"` for a failure, the status where there is one.
    func write(to bytes: inout [UInt8]) {
        switch outcome {
        case .success(let status, _):
            bytes.append("\"status\":")
            JSONText.append(status, to: &bytes)
        case .failure(let failure, let status):
            bytes.append("\"error\":\"")
            bytes.append(contentsOf: failure.name.utf8)
            bytes.append(UInt8(ascii: "\""))
            if let status {
                bytes.append(",\"status\":")
                JSONText.append(status, to: &bytes)
            }
        }
        bytes.append(",\"ms\":")
        JSONText.append(milliseconds: elapsed, to: &bytes)
    }
}

/// A body as it enters the answer: JSON text, checked.
package struct Part: Sendable, Equatable {
    package var json: [UInt8]
    /// The members at its top level, where the merge needs them and the text is an object.
    package var members: [JSONScanner.Member]?

    package static let null = Part(json: Array("null".utf8), members: nil)

    /// Takes a body for what the call accepts; nil when it is not that.
    ///
    /// An empty body is `null`. With `needsObject` (the `object` merge) anything but an object or `null` is refused.
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
    /// For the `object` merge.
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
