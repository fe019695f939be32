package import Base
import Glibc

/// Which addresses are this machine's.
package enum LocalAddress {
    /// Whether an address is one of this machine's now, loopback included.
    ///
    /// A socket can be bound to exactly those (EADDRNOTAVAIL in bind(2)), unless ip_nonlocal_bind of ip(7) is on: then all
    /// are. So are they where there is no socket to be had.
    package static func has(_ address: IPAddress) -> Bool {
        guard let local = try? SocketAddress(host: "\(address)", port: 0) else { return true }
        let number = socket(local.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return errno != EAFNOSUPPORT }
        defer { close(number) }
        return local.withSockaddr { bind(number, $0, $1) } == 0 || errno != EADDRNOTAVAIL
    }
}
