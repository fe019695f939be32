import Telemetry

/// Reading of `tracing:`.
extension ConfigurationReader {
    /// The content of `tracing`; nil where it is not there, or wrong.
    mutating func tracing(in section: Section) -> TracingSettings? {
        let keys = ["endpoint", "sample", "service", "headers"]
        guard let tracing = optionalSection("tracing", in: section, keys: keys) else { return nil }
        let endpoint = required(.collector, "endpoint", in: tracing)
        let sample = scalar(.sampleRate, "sample", in: tracing)
        let service = scalar(.text("a name such as gatewayd"), "service", in: tracing)
        let headers = tracing["headers"].flatMap { entries($0, "'headers'") } ?? []
        let fields = headers.compactMap { entry -> TracingSettings.Field? in
            check(field: entry.key, at: entry.keyPlace, refusing: ["content-type"])
            return read(.fieldValue, entry.value, subject: "'\(entry.key)'").map { .init(name: entry.key, value: $0) }
        }
        guard let endpoint else { return nil }
        var settings = TracingSettings(endpoint: endpoint)
        settings.sample = sample ?? settings.sample
        settings.service = service ?? settings.service
        settings.headers = fields
        return settings
    }
}

extension ScalarKind where Value == ServerAddress {
    /// Where a collector takes spans over HTTP.
    fileprivate static var collector: Self {
        let wanted = "a URL such as http://127.0.0.1:4318/v1/traces"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            let address: ServerAddress
            do throws(AddressError) {
                address = try ServerAddress(text)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)")
            }
            guard !address.isService, !address.basePath.isEmpty else { throw Refusal(wanted: wanted) }
            return address
        }
    }
}

extension ScalarKind where Value == String {
    /// What a field may carry (RFC 9110 section 5.5), in ASCII.
    fileprivate static var fieldValue: Self {
        let wanted = "the value of a header field, in ASCII"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw Refusal(wanted: wanted)
            }
            return text
        }
    }
}
