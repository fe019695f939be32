import Access

/// Reading of what holds for all requests of a route.
extension ConfigurationReader {
    /// `rate_limit:`; nil when it is absent or wrong.
    mutating func rateLimit(in route: Section, access: RouteAccess) -> RateLimit? {
        guard let value = route["rate_limit"],
            let section = section(value, "'rate_limit'", keys: RateLimit.rows.map(\.name))
        else { return nil }
        let rate = required(.rate, "rate", in: section)
        // Without a rate there is nothing to compare the burst with but the largest of all.
        let limit = rate?.burstLimit ?? Bounds.rateBurst
        let burst = scalar(.count(1...limit), "burst", in: section)
        let key = section["key"] == nil ? .route : scalar(.rateKey, "key", in: section)
        if key == .apiKey, access.keys == nil, let place = section["key"]?.place {
            problems.error("the key 'api_key' wants 'api_keys' in the 'auth' of the route or of all", at: place)
        }
        guard let rate, let key else { return nil }
        return RateLimit(rate: rate, burst: burst, key: key)
    }
}

extension ScalarKind where Value == RateLimit.Rate {
    /// A number of requests in a second, a minute or an hour.
    static var rate: Self {
        let wanted = "a rate such as 100/s, 600/m or 1000/h"
        return ScalarKind(wanted: wanted, type: "`N/s`, `N/m` or `N/h`", schema: .pattern("^[0-9]+/[smh]$")) {
            text throws(Refusal) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let unit = RateLimit.Rate.Unit(rawValue: String(parts[1])), !parts[0].isEmpty,
                parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { throw Refusal(wanted: wanted) }
            guard let count = Int(parts[0]), let rate = RateLimit.Rate(count, per: unit) else {
                throw Refusal(wanted: "a rate from 1/h to 1000000/s")
            }
            return rate
        }
    }
}

extension ScalarKind where Value == RateLimit.Key {
    /// Who shares a bucket.
    static var rateKey: Self {
        let wanted = "route, client, api_key or header.NAME, such as header.X-Tenant"
        return ScalarKind(wanted: wanted, type: "word", schema: .pattern("^(route|client|api_key|header[.].+)$")) {
            text throws(Refusal) in
            switch text {
            case "route": return .route
            case "client": return .client
            case "api_key": return .apiKey
            default: break
            }
            let prefix = "header."
            guard text.hasPrefix(prefix) else {
                throw Refusal(
                    wanted: wanted, hint: NearestName.hint(for: text, among: ["route", "client", "api_key", "header."]))
            }
            do throws(Refusal) {
                return .header(try ScalarKind<String>.name.parse(String(text.dropFirst(prefix.count))))
            } catch {
                throw Refusal(wanted: wanted, hint: "; a field has \(error.wanted)")
            }
        }
    }
}
