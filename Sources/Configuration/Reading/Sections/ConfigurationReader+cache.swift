import Base
import HTTP

/// Reading of what equal calls of an upstream share.
extension ConfigurationReader {
    /// Nil: no answers are kept.
    mutating func cache(in section: Section) -> CacheSettings? {
        guard section["cache"] != nil else { return nil }
        var settings = CacheSettings()
        let keys = CacheSettings.keys
        // Without content all are at their defaults: only what answers allow themselves is kept.
        guard let section = optionalSection("cache", in: section, keys: keys.map(\.name)) else { return settings }
        read(keys, in: section, into: &settings)
        return settings
    }
}

extension CacheSettings {
    /// What `gatewayd check` says of it.
    var summary: String {
        var traits = [ttl.map { "ttl \($0.configurationText)" } ?? "no ttl of its own"]
        if staleIfError > .zero { traits.append("stale if error \(staleIfError.configurationText)") }
        if staleWhileRevalidate > .zero {
            traits.append("stale while revalidate \(staleWhileRevalidate.configurationText)")
        }
        return "cache of \(Quantity.size.text(UInt64(maxBytes))): " + traits.joined(separator: ", ")
    }
}
