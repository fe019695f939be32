import FanOut
import Policy

/// Reading of an upstream's servers, and of what is done about those that fail.
extension ConfigurationReader {
    static let serverKeys = [
        "servers", "balance", "outlier", "health", "circuit_breaker", "retry", "hedge", "deadline_header",
    ]

    /// Servers and weights; nil when there is a mistake in them, which is reported.
    mutating func servers(in section: Section) -> [(address: ServerAddress, weight: Int)]? {
        guard let value = section["servers"] else {
            problems.error("'servers' is missing in \(section.subject); it wants a list of URLs", at: section.place)
            return nil
        }
        if case .scalar = value.content {
            guard let address = scalar(.server, "servers", in: section) else { return nil }
            check(upstream: address, at: value.place)
            return [(address, 1)]
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
            return (address, 1)
        }
        guard let section = section(value, "a server", keys: ["url", "weight"]) else { return nil }
        let weight = section["weight"] == nil ? 1 : scalar(.count(1...Bounds.weight), "weight", in: section)
        guard let address = required(.server, "url", in: section), let weight else { return nil }
        check(upstream: address, at: section.place)
        if address.isService, let place = section.place(of: "weight") {
            problems.warning("'weight' has no meaning beside a service, whose records have weights", at: place)
        }
        return (address, weight)
    }

    /// Reads all but the servers themselves into an upstream.
    mutating func policies(in section: Section, into upstream: inout Upstream) {
        upstream.balance = scalar(ScalarKind<Balance>.word, "balance", in: section) ?? upstream.balance
        upstream.outlier = outlier(in: section)
        upstream.health = health(in: section)
        upstream.breaker = breaker(in: section)
        upstream.retry = retry(in: section)
        upstream.hedge = hedge(in: section)
        if let value = section["deadline_header"], let name = read(.name, value, subject: "'deadline_header'") {
            check(field: name, at: value.place)
            upstream.deadlineField = name
        }
        guard upstream.servers.count == 1, upstream.service == nil else { return }
        for key in ["balance", "outlier", "health"] {
            guard let place = section.place(of: key) else { continue }
            problems.warning("'\(key)' has a meaning only where there are several servers", at: place)
        }
    }

    private mutating func outlier(in section: Section) -> OutlierSettings {
        var settings = OutlierSettings()
        guard let section = optionalSection("outlier", in: section, keys: ["failures", "eject", "most_ejected"]) else {
            return settings
        }
        settings.failures = scalar(.count(1...Bounds.failures), "failures", in: section) ?? settings.failures
        settings.eject = scalar(.duration, "eject", in: section) ?? settings.eject
        settings.mostEjected = scalar(.percent(0...100), "most_ejected", in: section) ?? settings.mostEjected
        return settings
    }

    private mutating func health(in section: Section) -> HealthSettings? {
        let keys = ["path", "interval", "timeout", "rise", "fall"]
        guard let section = optionalSection("health", in: section, keys: keys) else { return nil }
        guard let template = required(.target(Reference.Names(parameters: [])), "path", in: section) else { return nil }
        var settings = HealthSettings(path: template.text)
        settings.interval = scalar(.duration, "interval", in: section) ?? settings.interval
        settings.timeout = scalar(.duration, "timeout", in: section) ?? settings.timeout
        settings.rise = scalar(.count(1...Bounds.failures), "rise", in: section) ?? settings.rise
        settings.fall = scalar(.count(1...Bounds.failures), "fall", in: section) ?? settings.fall
        return settings
    }

    private mutating func breaker(in section: Section) -> CircuitBreakerSettings? {
        guard section["circuit_breaker"] != nil else { return nil }
        var settings = CircuitBreakerSettings()
        let keys = ["failures", "ratio", "minimum_calls", "window", "open"]
        guard let section = optionalSection("circuit_breaker", in: section, keys: keys) else { return settings }
        settings.failures = scalar(.count(1...Bounds.failures), "failures", in: section) ?? settings.failures
        settings.ratio = scalar(.percent(1...100), "ratio", in: section)
        settings.minimumCalls = scalar(.count(1...60_000), "minimum_calls", in: section) ?? settings.minimumCalls
        settings.window = scalar(.duration, "window", in: section) ?? settings.window
        settings.open = scalar(.duration, "open", in: section) ?? settings.open
        for key in ["minimum_calls", "window"] where settings.ratio == nil {
            guard let place = section.place(of: key) else { continue }
            problems.warning("'\(key)' has a meaning only beside 'ratio'", at: place)
        }
        return settings
    }

    private mutating func retry(in section: Section) -> RetrySettings? {
        guard section["retry"] != nil else { return nil }
        var settings = RetrySettings()
        let keys = ["attempts", "on", "backoff", "attempt_timeout", "budget"]
        guard let section = optionalSection("retry", in: section, keys: keys) else { return settings }
        settings.attempts = scalar(.count(1...Bounds.attempts), "attempts", in: section) ?? settings.attempts
        settings.backoff = scalar(.duration, "backoff", in: section) ?? settings.backoff
        settings.attemptTimeout = scalar(.duration, "attempt_timeout", in: section)
        settings.budget = scalar(.percent(0...100), "budget", in: section) ?? settings.budget
        if let reasons = reasons(in: section) {
            settings.failures = reasons.failures
            settings.statuses = reasons.statuses
        }
        // A time for one attempt is there so that another may follow.
        if settings.attemptTimeout != nil { settings.failures.insert(.timeout) }
        return settings
    }

    /// `on:`, kinds of failure and statuses.
    private mutating func reasons(in section: Section) -> (failures: Set<Failure>, statuses: Set<Int>)? {
        guard let values = list("on", of: "failures and statuses", in: section) else { return nil }
        var reasons: (failures: Set<Failure>, statuses: Set<Int>) = ([], [])
        for value in values {
            guard let reason = read(.retryReason, value, subject: "'on'") else { continue }
            switch reason {
            case .failure(let failure): reasons.failures.insert(failure)
            case .status(let status): reasons.statuses.insert(status)
            }
        }
        return reasons
    }

    private mutating func hedge(in section: Section) -> HedgeSettings? {
        guard let section = optionalSection("hedge", in: section, keys: ["after", "budget"]),
            let after = required(.hedgeAfter, "after", in: section)
        else { return nil }
        var settings = HedgeSettings(after: after)
        settings.budget = scalar(.percent(1...100), "budget", in: section) ?? settings.budget
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
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            if let failure = failures.first(where: { $0.name == text }) { return .failure(failure) }
            if let status = Int(text), (400...599).contains(status) { return .status(status) }
            throw Refusal(wanted: wanted, hint: NearestName.hint(for: text, among: failures.map(\.name)))
        }
    }
}

extension ScalarKind where Value == HedgeSettings.After {
    static var hedgeAfter: Self {
        let wanted = "a duration such as 50ms, or a percentile from p50 to p99"
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            if text.hasPrefix("p"), let percent = Int(text.dropFirst()), (50...99).contains(percent) {
                return .percentile(percent)
            }
            do throws(ScalarKind<Duration>.Refusal) {
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
        return ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), range.contains(percent) else {
                throw Refusal(wanted: wanted)
            }
            return percent
        }
    }
}
