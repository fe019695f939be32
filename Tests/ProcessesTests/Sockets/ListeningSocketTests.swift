import CLinux
import Glibc
import Testing

@testable import Processes

@Suite struct ListeningSocketTests {
    @Test("the kernel chooses the port where none is asked", arguments: ["127.0.0.1", "::1"])
    func kernelChooses(host: String) throws {
        let socket = try ListeningSocket(bindingTo: SocketAddress(host: host, port: 0))
        #expect(try #require(socket.address.port) > 0)
        #expect(try socket.accept() == nil)
        let client = try connected(to: socket.address)
        #expect(becomesReadable(socket.descriptor.number))
        guard let accepted = try socket.accept() else {
            Issue.record("no connection of \(client.number) waits")
            return
        }
        #expect(CLinux_descriptor_flags(accepted.number) == FD_CLOEXEC)
    }

    @Test("a port in use is named in the error")
    func portUse() throws {
        let first = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        let error = try #require(throws: SystemError.self) { _ = try ListeningSocket(bindingTo: first.address) }
        #expect(error.description == "cannot bind \(first.address): Address already in use")
    }

    @Test("a stale socket file is replaced and a live one is in use")
    func staleSocket() throws {
        let directory = try TemporaryDirectory()
        let address = try SocketAddress(unixPath: directory.path + "/s.sock")
        // Bound, and closed without removing its file: as a killed process leaves it.
        var stale: ListeningSocket? = try ListeningSocket(bindingTo: address)
        stale = nil
        #expect(stale == nil && access(directory.path + "/s.sock", F_OK) == 0)
        let live = try ListeningSocket(bindingTo: address, mode: 0o600)
        #expect(throws: SystemError("bind", address.description, EADDRINUSE)) {
            _ = try ListeningSocket(bindingTo: address)
        }
        #expect(live.address == address)
    }

    @Test("a file that is no socket is never removed")
    func fileSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: SystemError("bind", "unix:" + path, EADDRINUSE)) {
            _ = try ListeningSocket(bindingTo: SocketAddress(unixPath: path))
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test("the mode is exact whatever the umask", arguments: [0o600, 0o660, 0o666] as [UInt32])
    func modeExact(mode: UInt32) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/m.sock"
        let socket = try ListeningSocket(bindingTo: SocketAddress(unixPath: path), mode: mode)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == mode)
        socket.removeFile()
        #expect(access(path, F_OK) != 0)
    }

    @Test("a successor's file is left alone")
    func successorsFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/r.sock"
        let first = try ListeningSocket(bindingTo: SocketAddress(unixPath: path))
        unlink(path)
        let second = try ListeningSocket(bindingTo: SocketAddress(unixPath: path))
        first.removeFile()
        #expect(access(path, F_OK) == 0)
        second.removeFile()
        #expect(access(path, F_OK) != 0)
    }

    @Test("adopting a socket that does not listen is refused")
    func adoptingSocket() throws {
        let plain = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let number = plain.number
        #expect(throws: SystemError("use as listening socket", "descriptor \(number)", EINVAL)) {
            _ = try ListeningSocket(adopting: number)
        }
    }

    @Test("an adopted socket has the address it was bound to")
    func adoptedSocket() throws {
        let first = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        let second = try ListeningSocket(adopting: first.descriptor.duplicate().handOn())
        #expect(second.address == first.address)
    }

    @Test("addresses are written as people write them")
    func addressesWritten() throws {
        #expect(try SocketAddress(host: "127.0.0.1", port: 80).description == "127.0.0.1:80")
        #expect(try SocketAddress(host: "0:0::1", port: 80).description == "[::1]:80")
        #expect(try SocketAddress(unixPath: "/run/x").description == "unix:/run/x")
        #expect(try SocketAddress(unixPath: "/run/x").path == "/run/x")
        #expect(try SocketAddress(unixPath: "@x").description == "unix:@x")
        #expect(try SocketAddress(unixPath: "@x").path == nil)
        #expect(throws: SystemError.self) { try SocketAddress(unixPath: "/" + String(repeating: "x", count: 107)) }
        #expect(throws: SystemError.self) { try SocketAddress(unixPath: "") }
    }
}
