import Base
import HTTP

/// Reading of what equal calls of an upstream share.
extension ConfigurationReader {
    static let sharingKeys = ["coalesce", "cache"]

    /// Reads `coalesce:` and `cache:` into an upstream.
    mutating func sharing(in section: Section, into upstream: inout Upstream) {
        upstream.coalesces = scalar(.boolean, "coalesce", in: section) ?? upstream.coalesces
        upstream.cache = cache(in: section)
    }

    /// Nil: no answers are kept.
    private mutating func cache(in section: Section) -> CacheSettings? {
        guard section["cache"] != nil else { return nil }
        var settings = CacheSettings()
        let keys = ["ttl", "stale_if_error", "stale_while_revalidate", "max_bytes"]
        // Without content all are at their defaults: only what answers allow themselves is kept.
        guard let section = optionalSection("cache", in: section, keys: keys) else { return settings }
        settings.ttl = scalar(.duration, "ttl", in: section)
        settings.staleIfError = scalar(.duration, "stale_if_error", in: section) ?? settings.staleIfError
        settings.staleWhileRevalidate =
            scalar(.duration, "stale_while_revalidate", in: section) ?? settings.staleWhileRevalidate
        settings.maxBytes = scalar(.size(upTo: Bounds.cacheBytes), "max_bytes", in: section) ?? settings.maxBytes
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
