import CLinux
import Glibc
import Testing

@testable import Processes

/// A directory of the test's own, removed at the end.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/gatewayd-test-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        guard let directory = opendir(path) else { return }
        for _ in 0..<1_000 {
            guard let entry = readdir(directory) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(directory)
        rmdir(path)
    }
}

/// Connects to an address; throws when that is refused.
func connected(to address: SocketAddress) throws -> Descriptor {
    let client = Descriptor(owning: socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    let result = address.withSockaddr { connect(client.number, $0, $1) }
    guard result == 0 else { throw SystemError("connect to", address.description) }
    return client
}

@Suite struct ListeningSocketTests {
    @Test(arguments: ["127.0.0.1", "::1"]) func theKernelChoosesThePortWhereNoneIsAsked(host: String) throws {
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

    @Test func aPortInUseIsNamedInTheError() throws {
        let first = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        let error = try #require(throws: SystemError.self) { _ = try ListeningSocket(bindingTo: first.address) }
        #expect(error.description == "cannot bind \(first.address): Address already in use")
    }

    @Test func aStaleSocketFileIsReplacedAndALiveOneIsInUse() throws {
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

    @Test func aFileThatIsNoSocketIsNeverRemoved() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: SystemError("bind", "unix:" + path, EADDRINUSE)) {
            _ = try ListeningSocket(bindingTo: SocketAddress(unixPath: path))
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32]) func theModeIsExactWhateverTheUmask(mode: UInt32) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/m.sock"
        let socket = try ListeningSocket(bindingTo: SocketAddress(unixPath: path), mode: mode)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == mode)
        socket.removeFile()
        #expect(access(path, F_OK) != 0)
    }

    @Test func aSuccessorsFileIsLeftAlone() throws {
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

    @Test func adoptingASocketThatDoesNotListenIsRefused() throws {
        let plain = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let number = plain.number
        #expect(throws: SystemError("use as listening socket", "descriptor \(number)", EINVAL)) {
            _ = try ListeningSocket(adopting: number)
        }
    }

    @Test func anAdoptedSocketHasTheAddressItWasBoundTo() throws {
        let first = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        let second = try ListeningSocket(adopting: first.descriptor.duplicate().handOn())
        #expect(second.address == first.address)
    }

    @Test func addressesAreWrittenAsPeopleWriteThem() throws {
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
