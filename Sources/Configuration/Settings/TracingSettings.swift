package import Telemetry

/// Where spans of requests and calls go, and of how many (`tracing:`).
package struct TracingSettings: Sendable, Hashable {
    /// A field that each export carries.
    package struct Field: Sendable, Hashable {
        package var name: String
        /// May be a secret.
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The URL that spans are posted to.
    package var endpoint: ServerAddress
    /// Of requests that come without a trace of their own; those with one have that one's decision.
    ///
    /// 1%: a worker that answers thousands of pages a second tells of dozens, with all of their calls.
    package var sample = SampleRate(millionths: 10_000)
    /// `service.name`.
    package var service = "gatewayd"
    package var headers: [Field] = []

    package init(endpoint: ServerAddress) {
        self.endpoint = endpoint
    }

    /// For `gatewayd check`; values of fields are left out.
    var summary: String {
        let fields = headers.isEmpty ? "" : ", with " + headers.map(\.name).joined(separator: ", ")
        return "\(sample) of new traces to \(endpoint), service \(service)\(fields)"
    }
}
