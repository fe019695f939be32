import Policy

extension UpstreamSettings {
    /// Whether nothing is left to the plain lane; a pattern, since `==` would be a call to another module on each call's way.
    var usesLibcurl: Bool { if case .libcurl = engine { true } else { false } }

    /// Fields that calls differ in although they count as the same.
    private static let ownFields: Set<String> = ["x-request-id", "traceparent", "tracestate"]

    /// Whether equal calls are made once, at once or over a time.
    var isShared: Bool { sharing.coalesces || sharing.cache != nil }

    /// Names in lower case of fields in which equal calls may differ.
    var unkeyedFields: Set<String> {
        guard let deadlineField else { return Self.ownFields }
        return Self.ownFields.union([deadlineField.lowercased()])
    }
}
