package import Base
package import HTTP

/// What a batch route lets a caller fetch.
package struct BatchRoute: Sendable {
    package var allow: [URLPattern]
    /// URLs in one request at most.
    package var max: Int
    /// Of each URL.
    package var timeout: Duration
    /// Whether addresses in private, loopback, link-local and other special ranges may be connected to.
    package var allowsPrivate: Bool

    package init(allow: [URLPattern], max: Int, timeout: Duration, allowsPrivate: Bool = false) {
        self.allow = allow
        self.max = max
        self.timeout = timeout
        self.allowsPrivate = allowsPrivate
    }

    /// Whether a caller may name a URL; `allows(_:for:)` judges the addresses of its host.
    package func allows(_ url: HTTPURL) -> Bool {
        allow.contains { $0.matches(url) }
    }

    /// Whether an allowed URL may be fetched from an address, which its host has or was resolved to.
    ///
    /// A special one (`IPAddress.isSpecial`) may be where `allowsPrivate` is set, or where a pattern names the address
    /// itself and allows the URL with it as its host: then the caller gains nothing by the name.
    package func allows(_ address: IPAddress, for url: HTTPURL) -> Bool {
        if allowsPrivate || !address.isSpecial { return true }
        var direct = url
        direct.host = .address(address)
        return allow.contains { $0.namesAddress && $0.matches(direct) }
    }
}
