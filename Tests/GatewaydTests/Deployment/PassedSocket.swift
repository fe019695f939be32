import Glibc

/// A listening socket on 127.0.0.1 that a program is to inherit, on a port of the kernel's choice.
final class PassedSocket: Sendable {
    let descriptor: Int32
    let port: Int

    /// Opens it; close-on-exec, so that only who is meant to inherits it.
    init() throws {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let opened = socket(AF_INET, kind, 0)
        descriptor = opened
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(opened, $0, size) == 0 && listen(opened, 511) == 0
                    ? getsockname(opened, $0, &size) : -1
            }
        }
        guard result == 0 else { throw Program.Failure(call: "listen", number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
