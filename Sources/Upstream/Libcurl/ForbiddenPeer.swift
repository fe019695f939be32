package import Base
import CCurl
import Loop

/// Where no request may go out, wherever names and records lead: the gateway's own admin endpoint.
///
/// It is asked of each connection itself, so there is no moment between the check and the use.
package struct ForbiddenPeer {
    private let port: UInt16
    /// Whether a connection to an address, at that port, ends there.
    private let isThere: (IPAddress) -> Bool

    package init(port: UInt16, isThere: @escaping (IPAddress) -> Bool) {
        self.port = port
        self.isThere = isThere
    }

    /// - Parameter address: As libcurl tells it; what is none of ours to read counts as forbidden.
    func has(_ port: Int, _ address: () -> String) -> Bool {
        guard port == Int(self.port) else { return false }
        return IPAddress(address()).map(isThere) ?? true
    }

    /// Whether a handle's connection ends there (CURLINFO_PRIMARY_IP(3)).
    @LoopActor
    func has(_ made: EasyHandle) -> Bool {
        has(CCurl_get_long(made.handle, CURLINFO_PRIMARY_PORT)) {
            CCurl_get_string(made.handle, CURLINFO_PRIMARY_IP).map { String(cString: $0) } ?? ""
        }
    }
}
