package import HTTP
import JSON

/// One upstream request that a route plans.
package struct Call: Sendable {
    package let name: String
    /// The name as a key of JSON with its colon, as it enters answers.
    let key: [UInt8]
    /// What `Server-Timing` says of it, up to how long it took.
    let timing: [UInt8]
    /// Index into the configuration's upstreams.
    package var upstream: Int
    package var target: TargetTemplate
    /// Nil: what is left of the route's time.
    package var timeout: Duration?
    /// The answer is an error when this call fails.
    package var isRequired: Bool
    /// JSON text that stands in for a failed call.
    package var fallback: [UInt8]?
    /// Nil: a GET with the fields that all calls carry.
    package var request: CallRequest?
    /// The calls that it waits for, by index.
    package var inputs: [Int] = []
    package var accepted = AcceptedAnswer()

    package init(
        name: String, upstream: Int, target: TargetTemplate, timeout: Duration? = nil, isRequired: Bool = false,
        fallback: [UInt8]? = nil
    ) {
        self.name = name
        var key: [UInt8] = []
        JSONText.append(string: name, to: &key)
        key.append(UInt8(ascii: ":"))
        self.key = key
        timing = Array("\(name);dur=".utf8)
        self.upstream = upstream
        self.target = target
        self.timeout = timeout
        self.isRequired = isRequired
        self.fallback = fallback
    }

    /// All values that it is made with.
    package var references: [Reference] { target.references + (request?.references ?? []) }

    /// Whether its failure alone makes the answer an error: with a fallback it never does.
    package var isDecisive: Bool { isRequired && fallback == nil }
}

/// What a call takes for an answer, and what of it goes on to the client.
package struct AcceptedAnswer: Sendable {
    package var kind = BodyKind.json
    /// The statuses that count as success.
    package var statuses = StatusSet.successful
    /// Bytes of its body; nil: as much as the configuration lets any call have.
    package var maxBody: Int?
    /// What of its body enters the client's answer, where that is not all.
    package var shape: Shape?
    /// JSON text that stands in for an empty body, or for a place that the body does not have.
    package var standard: [UInt8]?
    /// Its fields that the client's answer gets, in lower case.
    package var passedBack: [String] = []

    package init() {}
}
