import CLinux
import Glibc

/// A socket that accepts stream connections; non-blocking and close-on-exec.
///
/// The supervisor opens it once per address and every worker accepts from it, so that a connection that waits in the
/// queue outlives the worker that would have taken it.
package final class ListeningSocket: Sendable {
    /// How many connections may wait to be accepted; the kernel lowers it to net.core.somaxconn, listen(2).
    package static let backlog: Int32 = 4_096

    /// Readable when a connection waits.
    package let descriptor: Descriptor
    /// The address it is bound to; where port 0 was asked for, this has the one that the kernel chose.
    package let address: SocketAddress
    /// The socket file this value made, and removes; nil for TCP, abstract and adopted sockets.
    private let file: SocketFile?

    /// Binds and listens.
    ///
    /// A unix socket's file that nobody listens on is replaced, a live one is EADDRINUSE. `mode` is what the file gets
    /// whatever the umask says; nil leaves it to the umask. An IPv6 address takes no IPv4 connections, as with nginx, so
    /// that `0.0.0.0:80` and `[::]:80` can stand side by side.
    package init(bindingTo wanted: SocketAddress, mode: UInt32? = nil) throws(SystemError) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(wanted.family, kind, 0)
        guard number >= 0 else { throw SystemError("open a socket for", wanted.description) }
        let descriptor = Descriptor(owning: number)
        if wanted.family != AF_UNIX { try Self.set(SOL_SOCKET, SO_REUSEADDR, number, wanted) }
        if wanted.family == AF_INET6 { try Self.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, number, wanted) }
        // On the descriptor before it has a name, so that there is no moment in which others could connect, unix(7).
        if wanted.path != nil, let mode { fchmod(number, mode) }
        try Self.bind(number, to: wanted)
        file = try wanted.path.map { (path) throws(SystemError) in try SocketFile(path: path, mode: mode) }
        guard listen(number, Self.backlog) == 0 else { throw SystemError("listen on", wanted.description) }
        address = try SocketAddress(boundTo: number)
        self.descriptor = descriptor
    }

    /// Takes over a socket that already listens, such as one of systemd's or one that was inherited.
    ///
    /// Throws EINVAL when the descriptor is no listening socket. A unix socket's file is left to whoever made it, unless
    /// this takes its place.
    package init(adopting number: Int32, withFile: Bool = false) throws(SystemError) {
        var listens: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 else {
            throw SystemError("use as listening socket", "descriptor \(number)")
        }
        guard listens != 0 else { throw SystemError("use as listening socket", "descriptor \(number)", EINVAL) }
        guard CLinux_set_close_on_exec(number) == 0, CLinux_set_non_blocking(number) == 0 else {
            throw SystemError("set flags of", "descriptor \(number)")
        }
        address = try SocketAddress(boundTo: number)
        let path = withFile ? address.path : nil
        file = try path.map { (path) throws(SystemError) in try SocketFile(path: path, mode: nil) }
        // Last, so that the number is still the caller's when anything before has failed.
        descriptor = Descriptor(owning: number)
    }

    /// Accepts one connection, non-blocking and close-on-exec; nil when none waits (accept4(2)).
    package func accept() throws(SystemError) -> Descriptor? {
        let number = retryingInterrupts { CLinux_accept(descriptor.number) }
        if number >= 0 { return Descriptor(owning: number) }
        let failure = SystemError("accept on", address.description)
        // A client that gave up before it was accepted is as good as none.
        if failure.isWouldBlock || failure.number == ECONNABORTED { return nil }
        throw failure
    }

    /// Removes the socket file that this value made, if it is still the one at its path.
    ///
    /// For a clean end; only the process that bound the socket calls it.
    package func removeFile() {
        file?.remove()
    }

    private static func bind(_ number: Int32, to wanted: SocketAddress) throws(SystemError) {
        if wanted.withSockaddr({ Glibc.bind(number, $0, $1) }) == 0 { return }
        let failure = SystemError("bind", wanted.description)
        guard failure.number == EADDRINUSE, let path = wanted.path, SocketFile.isStale(path, wanted) else {
            throw failure
        }
        unlink(path)
        guard wanted.withSockaddr({ Glibc.bind(number, $0, $1) }) == 0 else {
            throw SystemError("bind", wanted.description)
        }
    }

    private static func set(
        _ level: Int32, _ option: Int32, _ number: Int32, _ wanted: SocketAddress
    ) throws(SystemError) {
        var on: Int32 = 1
        guard setsockopt(number, level, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SystemError("set options of", wanted.description)
        }
    }
}

/// The file of a unix socket, known by its inode so that a successor's file at the same path is never removed.
private struct SocketFile: Sendable {
    let path: String
    let device: UInt
    let inode: UInt

    init(path: String, mode: UInt32?) throws(SystemError) {
        // The mode from before bind went through the umask, which can only have taken bits away.
        if let mode, chmod(path, mode) != 0 { throw SystemError("set the mode of", path) }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw SystemError("look at", path) }
        self.path = path
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, UInt(status.st_dev) == device, UInt(status.st_ino) == inode else { return }
        unlink(path)
    }

    /// Whether a socket file lies there that refuses connections, because the process that made it is gone.
    static func isStale(_ path: String, _ address: SocketAddress) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard number >= 0 else { return false }
        let probe = Descriptor(owning: number)
        return address.withSockaddr { Glibc.connect(probe.number, $0, $1) } != 0 && errno == ECONNREFUSED
    }
}
