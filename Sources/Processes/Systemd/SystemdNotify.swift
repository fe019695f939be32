package import Base
import CLinux
import Glibc

/// The way to tell systemd how the service is doing: datagrams to the socket in NOTIFY_SOCKET, sd_notify(3).
package struct SystemdNotify: Sendable {
    /// One thing to tell.
    package enum Message: Sendable, Hashable {
        /// The service has started.
        case ready
        /// The service takes a new configuration; `ready` follows when it has.
        ///
        /// With the time on the monotonic clock, by which systemd 253 and later know the reload that is meant.
        case reloading(at: MonotonicTime)
        /// The service is on its way out.
        case stopping
        /// The process that the service is; told when another program runs in it.
        case mainProcess(Int32)
        /// A line for people, which `systemctl status` shows.
        case status(String)
        /// The service is alive; resets the watchdog's clock.
        case watchdog
        /// A descriptor of the store is not needed any more; its name as `SystemdSockets` has it.
        case forget(String)

        /// The assignment as it goes into the datagram, without a line end after it.
        package var assignment: String {
            switch self {
            case .ready: "READY=1"
            case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time.nanoseconds / 1_000)"
            case .stopping: "STOPPING=1"
            case .mainProcess(let pid): "MAINPID=\(pid)"
            case .watchdog: "WATCHDOG=1"
            case .forget(let name): "FDSTOREREMOVE=1\nFDNAME=\(name)"
            // A line end would start another assignment.
            case .status(let text): "STATUS=" + text.split(whereSeparator: \.isNewline).joined(separator: " ")
            }
        }
    }

    /// Half the time after which systemd takes a silent service for dead: tell `watchdog` this often; nil for never.
    package let watchdogInterval: Duration?
    private let address: SocketAddress
    /// What it was made of, for the program that takes over this process.
    package private(set) var variables: [String: String] = [:]

    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; nil when systemd did not ask to be told.
    ///
    /// Throws when NOTIFY_SOCKET is neither an absolute path nor an abstract socket ("@…").
    package init?(environment: (String) -> String?, pid: Int32) throws(SystemError) {
        guard let path = environment("NOTIFY_SOCKET"), !path.isEmpty else { return nil }
        guard path.hasPrefix("/") || path.hasPrefix("@") else {
            throw SystemError("use as NOTIFY_SOCKET", "'\(path)'", EAFNOSUPPORT)
        }
        address = try SocketAddress(unixPath: path)
        watchdogInterval = Self.watchdogInterval(
            microseconds: environment("WATCHDOG_USEC"), watched: environment("WATCHDOG_PID"), pid: pid)
    }

    /// Reads this process's environment and takes the variables out of it, so that no child speaks for the service.
    package static func take() throws(SystemError) -> SystemdNotify? {
        var notify = try SystemdNotify(environment: Environment.value, pid: getpid())
        notify?.variables = environment
        Environment.remove(Array(environment.keys))
        return notify
    }

    /// The variables that say where and when to notify, as far as they are set.
    package static var environment: [String: String] {
        Environment.all.filter { ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"].contains($0.key) }
    }

    /// Half of WATCHDOG_USEC as sd_watchdog_enabled(3) advises; nil when it is not set, zero, no number, or meant for
    /// another process.
    package static func watchdogInterval(microseconds: String?, watched: String?, pid: Int32) -> Duration? {
        guard let microseconds, let value = Int64(microseconds), value > 1 else { return nil }
        if let watched, Int32(watched) != pid { return nil }
        return .microseconds(value / 2)
    }

    /// The datagram's text for several messages.
    package static func datagram(_ messages: [Message]) -> String {
        messages.map(\.assignment).joined(separator: "\n")
    }

    /// Sends messages in one datagram, without waiting; throws when systemd could not be told.
    package func send(_ messages: [Message]) throws(SystemError) {
        try send(Self.datagram(messages), with: nil)
    }

    /// Has systemd hold a copy of a socket, which the next start of the service finds among its sockets under that name.
    ///
    /// sd_pid_notify_with_fds(3); where the unit has no FileDescriptorStoreMax=, systemd drops it. What it holds already it
    /// takes once.
    package func store(_ socket: ListeningSocket, as name: String) throws(SystemError) {
        try send("FDSTORE=1\nFDNAME=\(name)", with: socket.descriptor.number)
    }

    private func send(_ datagram: String, with passed: Int32?) throws(SystemError) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(AF_UNIX, kind, 0)
        guard number >= 0 else { throw SystemError("open", "notify socket") }
        let descriptor = Descriptor(owning: number)
        let bytes = Array(datagram.utf8)
        let result = address.withSockaddr { address, length in
            retryingInterrupts {
                if let passed {
                    return CLinux_send_descriptor(
                        descriptor.number, address, length, bytes, bytes.count, passed)
                }
                return sendto(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
        guard result == bytes.count else { throw SystemError("notify", address.description) }
    }
}
