import FanOut
import Policy

/// Reading of an upstream's servers, and of what is done about those that fail.
extension ConfigurationReader {
    /// Servers and weights; nil when there is a mistake in them, which is reported.
    mutating func servers(in section: Section) -> [(address: ServerAddress, weight: Int)]? {
        guard let value = section["servers"] else {
            problems.error("'servers' is missing in \(section.subject); it wants a list of URLs", at: section.place)
            return nil
        }
        if case .scalar = value.content {
            guard let address = scalar(.server, "servers", in: section) else { return nil }
            check(upstream: address, at: value.place)
            return [(address, Upstream.usualWeight)]
        }
        guard let values = list("servers", of: "URLs", in: section) else { return nil }
        if values.count > Bounds.servers {
            problems.error("'servers' has more than \(Bounds.servers) servers", at: value.place)
        }
        let servers = values.compactMap { server($0) }
        if values.count > 1, let index = servers.firstIndex(where: \.address.isService) {
            let text = servers[index].address.text
            let place = servers.count == values.count ? values[index].place : value.place
            problems.error("'\(text)' stands alone in 'servers': its records say which servers there are", at: place)
        }
        return servers.count == values.count ? servers : nil
    }

    /// A URL, or `{ url, weight }`.
    private mutating func server(_ value: YAMLValue) -> (address: ServerAddress, weight: Int)? {
        guard case .mapping = value.content else {
            guard let address = read(.server, value, subject: "a server") else { return nil }
            check(upstream: address, at: value.place)
            return (address, Upstream.usualWeight)
        }
        guard let section = section(value, "a server", keys: ServerAddress.rows.map(\.name)) else { return nil }
        let weight =
            section["weight"] == nil ? Upstream.usualWeight : scalar(.count(1...Bounds.weight), "weight", in: section)
        guard let address = required(.server, "url", in: section), let weight else { return nil }
        check(upstream: address, at: section.place)
        if address.isService, let place = section.place(of: "weight") {
            problems.warning("'weight' has no meaning beside a service, whose records have weights", at: place)
        }
        return (address, weight)
    }

    /// `deadline_header:`; nil when it is absent or wrong.
    mutating func deadlineField(in section: Section) -> String? {
        guard let value = section["deadline_header"], let name = read(.name, value, subject: "'deadline_header'") else {
            return nil
        }
        check(field: name, at: value.place)
        return name
    }

    /// Says what has no effect where there is one server.
    mutating func warnOfOneServer(_ upstream: Upstream, _ section: Section) {
        guard upstream.servers.count == 1, upstream.service == nil else { return }
        for key in ["balance", "outlier", "health"] {
            guard let place = section.place(of: key) else { continue }
            problems.warning("'\(key)' has a meaning only where there are several servers", at: place)
        }
    }

    mutating func health(in section: Section) -> HealthSettings? {
        let keys = HealthSettings.keys
        guard let section = optionalSection("health", in: section, keys: keys.map(\.name)) else { return nil }
        guard let template = required(.target(Reference.Names(parameters: [])), "path", in: section) else { return nil }
        var settings = HealthSettings(path: template.text)
        read(keys, in: section, into: &settings)
        return settings
    }

    mutating func breaker(in section: Section) -> CircuitBreakerSettings? {
        guard section["circuit_breaker"] != nil else { return nil }
        var settings = CircuitBreakerSettings()
        let keys = CircuitBreakerSettings.keys
        guard let section = optionalSection("circuit_breaker", in: section, keys: keys.map(\.name)) else {
            return settings
        }
        read(keys, in: section, into: &settings)
        for key in ["minimum_calls", "window"] where settings.ratio == nil {
            guard let place = section.place(of: key) else { continue }
            problems.warning("'\(key)' has a meaning only beside 'ratio'", at: place)
        }
        return settings
    }

    mutating func retry(in section: Section) -> RetrySettings? {
        guard section["retry"] != nil else { return nil }
        var settings = RetrySettings()
        let keys = RetrySettings.keys
        guard let section = optionalSection("retry", in: section, keys: keys.map(\.name)) else { return settings }
        read(keys, in: section, into: &settings)
        // A time for one attempt is there so that another may follow.
        if settings.attemptTimeout != nil { settings.failures.insert(.timeout) }
        return settings
    }

    /// `on:`, kinds of failure and statuses.
    mutating func reasons(in section: Section, into settings: inout RetrySettings) {
        guard let values = list("on", of: "failures and statuses", in: section) else { return }
        (settings.failures, settings.statuses) = ([], [])
        for value in values {
            guard let reason = read(.retryReason, value, subject: "'on'") else { continue }
            switch reason {
            case .failure(let failure): settings.failures.insert(failure)
            case .status(let status): settings.statuses.insert(status)
            }
        }
    }

    mutating func hedge(in section: Section) -> HedgeSettings? {
        let keys = HedgeSettings.keys
        guard let section = optionalSection("hedge", in: section, keys: keys.map(\.name)),
            let after = required(.hedgeAfter, "after", in: section)
        else { return nil }
        var settings = HedgeSettings(after: after)
        read(keys, in: section, into: &settings)
        return settings
    }
}

/// What a call may be repeated for.
enum RetryReason: Sendable, Equatable {
    case failure(Failure)
    case status(Int)
}

extension ScalarKind where Value == RetryReason {
    static var retryReason: Self {
        let failures = Failure.repeatable
        let wanted = failures.map(\.name).joined(separator: ", ") + " or a status from 400 to 599"
        return ScalarKind(wanted: wanted, schema: .either([.words(failures.map(\.name)), .integer(400...599)])) {
            text throws(Refusal) in
            if let failure = failures.first(where: { $0.name == text }) { return .failure(failure) }
            if let status = Int(text), (400...599).contains(status) { return .status(status) }
            throw Refusal(wanted: wanted, hint: NearestName.hint(for: text, among: failures.map(\.name)))
        }
    }
}

extension ScalarKind where Value == HedgeSettings.After {
    static var hedgeAfter: Self {
        let wanted = "a duration such as 50ms, or a percentile from p50 to p99"
        return ScalarKind(
            wanted: wanted, type: "duration, or `p50` to `p99`",
            schema: .either([.duration, .pattern("^p[5-9][0-9]$")])
        ) { text throws(Refusal) in
            if text.hasPrefix("p"), let percent = Int(text.dropFirst()), (50...99).contains(percent) {
                return .percentile(percent)
            }
            do throws(Refusal) {
                return .fixed(try ScalarKind<Duration>.duration.parse(text))
            } catch {
                throw Refusal(wanted: wanted)
            }
        }
    }
}

extension ScalarKind where Value == Int {
    /// A part of a hundred, such as `50%`.
    static func percent(_ range: ClosedRange<Int>) -> Self {
        let wanted = "a percentage from \(range.lowerBound)% to \(range.upperBound)%"
        return ScalarKind(
            wanted: wanted, type: range.lowerBound == 0 ? "percentage" : "percentage, from \(range.lowerBound)%",
            schema: .pattern("^[0-9]+%$"), text: { "\($0)%" }
        ) { text throws(Refusal) in
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), range.contains(percent) else {
                throw Refusal(wanted: wanted)
            }
            return percent
        }
    }
}
