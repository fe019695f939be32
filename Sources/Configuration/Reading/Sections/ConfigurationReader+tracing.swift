import Telemetry

/// Reading of `tracing:`.
extension ConfigurationReader {
    /// The content of `tracing`; nil where it is not there, or wrong.
    mutating func tracing(in section: Section) -> TracingSettings? {
        let keys = TracingSettings.keys
        guard let section = optionalSection("tracing", in: section, keys: keys.map(\.name)) else { return nil }
        let endpoint = required(.collector, "endpoint", in: section)
        var settings = TracingSettings(endpoint: endpoint ?? .collector)
        read(keys, in: section, into: &settings)
        return endpoint == nil ? nil : settings
    }

    /// The fields of each export.
    mutating func tracingFields(in section: Section) -> [TracingSettings.Field] {
        let headers = section["headers"].flatMap { entries($0, "'headers'") } ?? []
        return headers.compactMap { entry in
            check(field: entry.key, at: entry.keyPlace, refusing: ["content-type"])
            return read(.fieldValue, entry.value, subject: "'\(entry.key)'").map { .init(name: entry.key, value: $0) }
        }
    }
}

extension ScalarKind where Value == ServerAddress {
    /// Where a collector takes spans over HTTP.
    static var collector: Self {
        let wanted = "a URL such as http://127.0.0.1:4318/v1/traces"
        return ScalarKind(wanted: wanted, type: "URL with a path", schema: .pattern("^[Hh][Tt][Tt][Pp][Ss]?://[^/]+/"))
        { text throws(Refusal) in
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
    static var fieldValue: Self {
        let wanted = "the value of a header field, in ASCII"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw Refusal(wanted: wanted)
            }
            return text
        }
    }
}
