import Glibc

/// The listening sockets that systemd opened for this service and passed on, sd_listen_fds(3).
package enum SystemdSockets {
    /// The number of the first one.
    private static let first: Int32 = 3
    /// More than anybody passes; a larger number is taken for a mistake.
    private static let limit: Int32 = 256

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

    /// Takes over what was passed and removes the variables that said so, so that no child believes them.
    ///
    /// Each is made non-blocking and close-on-exec. Throws EINVAL for one that is no listening stream socket.
    package static func take() throws(SystemError) -> [ListeningSocket] {
        let count = try count(
            descriptors: Environment.value("LISTEN_FDS"), meantFor: Environment.value("LISTEN_PID"), pid: getpid())
        Environment.remove(["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"])
        var sockets: [ListeningSocket] = []
        for number in first..<first + count { sockets.append(try ListeningSocket(adopting: number)) }
        return sockets
    }
}
