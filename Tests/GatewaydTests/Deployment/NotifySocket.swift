import Foundation
import Glibc
import Processes

/// The socket on which systemd would hear of its service, sd_notify(3); keeps what it hears.
final class NotifySocket: Sendable {
    /// For NOTIFY_SOCKET: an abstract name, which needs no file.
    let address: String
    private let descriptor: Int32
    private let heard = Locked<[String]>([])

    /// Binds it.
    init() throws {
        let name = "gatewayd-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        address = "@\(name)"
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        var path = sockaddr_un()
        path.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &path.sun_path) { $0.dropFirst().copyBytes(from: name.utf8) }
        // The name is as long as the address says, unix(7): family, the zero byte, the name.
        let size = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let result = withUnsafePointer(to: &path) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard result == 0 else { throw Program.Failure(call: "bind", number: errno) }
    }

    deinit { close(descriptor) }

    /// Every assignment so far, such as "READY=1", in the order of arrival.
    var assignments: [String] {
        heard.withLock { heard in
            var datagram = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = recv(descriptor, &datagram, datagram.count, 0)
                guard count > 0 else { return heard }
                heard += String(decoding: datagram[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }
}
