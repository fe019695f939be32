import Base

/// One server of an upstream: where connections go, and what goes before the path of every call.
package struct Server: Sendable, Hashable {
    /// https.
    package let isSecure: Bool
    /// A name or an IP address, version 6 without brackets.
    package let host: String
    package let port: UInt16
    /// What a Host field carries (RFC 9110 section 7.2).
    package let authority: String
    /// Goes before the path of every call: empty, or `/base` without a slash at its end.
    package let base: String
    package let share: Share
    /// Whether the host is an address, which nobody has to be asked for.
    let isAddress: Bool
    /// `scheme://host:port/base`.
    package let url: String

    /// Which of the upstream's calls it has.
    package struct Share: Sendable, Hashable {
        /// Its part of the calls, beside those of the others.
        package let weight: Int
        /// Servers of a higher number have calls only while none of a lower one is up (RFC 2782).
        package let priority: Int

        package init(weight: Int = 1, priority: Int = 0) {
            self.weight = weight
            self.priority = priority
        }
    }

    package init(
        isSecure: Bool, host: String, port: UInt16, authority: String, base: String, share: Share = Share()
    ) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.authority = authority
        self.base = base
        self.share = share
        isAddress = IPAddress(host) != nil
        url = (isSecure ? "https://" : "http://") + authority + base
    }
}

extension Server {
    /// Its URL with another name in place of the host's.
    func url(named name: String) -> String { "https://\(name):\(port)\(base)" }
}
