import Glibc

/// A port of 127.0.0.1 that never answers a connection: it listens, its queue is full, and the kernel drops what comes.
final class FullBacklog: Sendable {
    let port: Int
    private let descriptors: [Int32]

    init() throws {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var opened = [listener]
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard bind(listener, address, size) == 0, listen(listener, 0) == 0,
                    getsockname(listener, address, &size) == 0
                else { return -1 }
                // A queue of 0 holds one connection (listen(2)); a few more, so that it is full whoever counts.
                for _ in 0..<4 {
                    let filler = socket(AF_INET, kind, 0)
                    _ = connect(filler, address, size)
                    opened.append(filler)
                }
                return 0
            }
        }
        descriptors = opened
        port = Int(UInt16(bigEndian: address.sin_port))
        guard result == 0 else { throw Program.Failure(call: "listen", number: errno) }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
