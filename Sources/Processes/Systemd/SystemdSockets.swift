import Glibc

/// The listening sockets that systemd has for this service and passed on, sd_listen_fds(3).
package struct SystemdSockets: Sendable {
    /// Those of socket units, which are systemd's own.
    package private(set) var passed: [ListeningSocket] = []
    /// Those that the service before opened and had systemd keep (FileDescriptorStoreMax= in systemd.service(5)).
    package private(set) var kept: [ListeningSocket] = []
    /// The names under which systemd holds what can no longer be used, such as one whose file is gone.
    package private(set) var lost: [String] = []

    /// The number of the first one.
    private static let first: Int32 = 3
    /// More than anybody passes; a larger number is taken for a mistake.
    private static let limit: Int32 = 256
    /// What names of kept ones begin with; systemd names others after their units.
    private static let mark = "kept-"

    /// None.
    package init() {}

    /// How many descriptors were passed to the process `pid`, 0 when they were meant for another one or for none.
    ///
    /// Throws EINVAL when LISTEN_FDS is no number or is out of range.
    package static func count(descriptors: String?, meantFor: String?, pid: Int32) throws(SystemError) -> Int32 {
        guard let descriptors, let meantFor, Int32(meantFor) == pid else { return 0 }
        guard let count = Int32(descriptors), (0...limit).contains(count) else {
            throw SystemError("use as LISTEN_FDS", "'\(descriptors)'", EINVAL)
        }
        return count
    }

    /// The name to have a socket kept under; nil for an address that no name can hold.
    ///
    /// Names are up to 255 printable ASCII characters without a colon, sd_pid_notify_with_fds(3).
    package static func name(for address: SocketAddress) -> String? {
        let name =
            mark + address.description.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "|")
        return name.utf8.count <= 255 && name.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? name : nil
    }

    /// Takes over what was passed and removes the variables that said so, so that no child believes them.
    ///
    /// Each is made non-blocking and close-on-exec. Throws EINVAL for one of a socket unit that is no listening stream
    /// socket.
    package static func take() throws(SystemError) -> SystemdSockets {
        let count = try count(
            descriptors: Environment.value("LISTEN_FDS"), meantFor: Environment.value("LISTEN_PID"), pid: getpid())
        let names = Environment.value("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        Environment.remove(["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"])
        var sockets = SystemdSockets()
        for index in 0..<Int(count) {
            let number = first + Int32(index)
            let name = index < names.count ? String(names[index]) : ""
            if name.hasPrefix(mark) {
                sockets.keep(number, name)
            } else {
                sockets.passed.append(try ListeningSocket(adopting: number))
            }
        }
        return sockets
    }

    private mutating func keep(_ number: Int32, _ name: String) {
        do throws(SystemError) {
            kept.append(try ListeningSocket(adopting: number, withFile: true))
        } catch {
            close(number)
            lost.append(name)
        }
    }

    /// Takes out the one that serves an address; nil when there is none.
    package mutating func remove(where matches: (SocketAddress) -> Bool) -> ListeningSocket? {
        if let index = passed.firstIndex(where: { matches($0.address) }) { return passed.remove(at: index) }
        if let index = kept.firstIndex(where: { matches($0.address) }) { return kept.remove(at: index) }
        return nil
    }
}
