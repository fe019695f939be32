import Glibc
import Testing

@testable import Processes

@Suite struct SystemdTests {
    /// A datagram socket that plays systemd's end.
    private func receiver(_ address: SocketAddress) throws -> Descriptor {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Descriptor(owning: socket(AF_UNIX, kind, 0))
        try #require(address.withSockaddr { bind(descriptor.number, $0, $1) } == 0)
        return descriptor
    }

    private func notify(_ values: [String: String]) throws -> SystemdNotify? {
        try SystemdNotify(environment: { values[$0] }, pid: 42)
    }

    @Test("several messages go into one datagram")
    func severalMessages() {
        #expect(SystemdNotify.datagram([.ready, .status("4/4 workers ready")]) == "READY=1\nSTATUS=4/4 workers ready")
        #expect(SystemdNotify.datagram([.stopping, .watchdog]) == "STOPPING=1\nWATCHDOG=1")
    }

    @Test("a status cannot smuggle in another assignment")
    func statusCannot() {
        #expect(SystemdNotify.datagram([.status("a\nREADY=1\r\nb")]) == "STATUS=a READY=1 b")
    }

    @Test("a socket file is told")
    func socketFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/notify"
        let systemd = try receiver(SocketAddress(unixPath: path))
        try #require(try notify(["NOTIFY_SOCKET": path])).send([.ready])
        #expect(try systemd.read(upTo: 100) == Array("READY=1".utf8))
    }

    @Test("an abstract socket is told")
    func abstractSocket() throws {
        let name = "@gatewayd-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let systemd = try receiver(SocketAddress(unixPath: name))
        try #require(try notify(["NOTIFY_SOCKET": name])).send([.watchdog])
        #expect(try systemd.read(upTo: 100) == Array("WATCHDOG=1".utf8))
    }

    @Test("without the variable nobody is told")
    func withoutVariable() throws {
        #expect(try notify([:]) == nil)
        #expect(try notify(["NOTIFY_SOCKET": ""]) == nil)
    }

    @Test("a relative path is refused by name")
    func relativePath() {
        #expect(throws: SystemError("use as NOTIFY_SOCKET", "'run/x'", EAFNOSUPPORT)) {
            _ = try notify(["NOTIFY_SOCKET": "run/x"])
        }
    }

    @Test("the watchdog is told twice in its time")
    func watchdogTold() {
        func interval(_ text: String?, _ pid: String?) -> Duration? {
            SystemdNotify.watchdogInterval(microseconds: text, watched: pid, pid: 42)
        }
        #expect(interval("3000000", nil) == .milliseconds(1_500))
        #expect(interval("3000000", "42") == .milliseconds(1_500))
        #expect(interval("3000000", "43") == nil)
        #expect(interval(nil, "42") == nil)
        #expect(interval("0", nil) == nil)
        #expect(interval("soon", nil) == nil)
    }

    @Test("a socket is stored under its name with its descriptor")
    func socketStored() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/notify"
        let systemd = try receiver(SocketAddress(unixPath: path))
        let socket = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        let name = try #require(SystemdSockets.name(for: socket.address))
        try #require(try notify(["NOTIFY_SOCKET": path])).store(socket, as: name)

        var bytes = [UInt8](repeating: 0, count: 100)
        // A header of 16 bytes and an int (cmsg(3)), on 8 bytes' boundary.
        var control = [UInt64](repeating: 0, count: 3)
        let count = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    return recvmsg(systemd.number, &message, 0)
                }
            }
        }
        #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) == "FDSTORE=1\nFDNAME=\(name)")
        let passed = try ListeningSocket(adopting: Int32(truncatingIfNeeded: control[2]))
        #expect(passed.address == socket.address)
    }

    @Test(
        "a name has no colon",
        arguments: [
            ("127.0.0.1", "kept-127.0.0.1|8080"), ("::1", "kept-[||1]|8080"), ("/run/x.sock", "kept-unix|/run/x.sock"),
        ])
    func nameColon(host: String, name: String) throws {
        let isPath = host.hasPrefix("/")
        let address =
            try isPath ? SocketAddress(unixPath: host) : SocketAddress(host: host, port: 8_080)
        #expect(SystemdSockets.name(for: address) == name)
    }

    @Test("an address that no name can hold has none")
    func addressName() throws {
        #expect(SystemdSockets.name(for: try SocketAddress(unixPath: "/run/ä.sock")) == nil)
    }

    @Test("sockets meant for another process are not taken")
    func socketsMeant() throws {
        #expect(try SystemdSockets.count(descriptors: "2", meantFor: "42", pid: 42) == 2)
        #expect(try SystemdSockets.count(descriptors: "2", meantFor: "41", pid: 42) == 0)
        #expect(try SystemdSockets.count(descriptors: "2", meantFor: nil, pid: 42) == 0)
        #expect(try SystemdSockets.count(descriptors: nil, meantFor: "42", pid: 42) == 0)
    }

    @Test("a wrong number of sockets is refused by name", arguments: ["-1", "two", "1000000"])
    func wrongNumber(text: String) {
        #expect(throws: SystemError("use as LISTEN_FDS", "'\(text)'", EINVAL)) {
            _ = try SystemdSockets.count(descriptors: text, meantFor: "42", pid: 42)
        }
    }
}
