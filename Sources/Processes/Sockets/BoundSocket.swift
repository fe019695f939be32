import Glibc

/// A TCP address that is taken and never listened on: the kernel refuses connections to it (connect(2), ECONNREFUSED).
package final class BoundSocket: Sendable {
    private let descriptor: Descriptor
    /// With the port that the kernel chose, where 0 was asked for.
    package let address: SocketAddress

    package init(_ wanted: SocketAddress) throws(SystemError) {
        let number = socket(wanted.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("open a socket for", wanted.description) }
        descriptor = Descriptor(owning: number)
        let result = wanted.withSockaddr { address, size in bind(number, address, size) }
        guard result == 0 else { throw SystemError("bind", wanted.description) }
        address = try SocketAddress(boundTo: number)
    }
}
