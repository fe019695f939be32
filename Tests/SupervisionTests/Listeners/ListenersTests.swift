import Processes
import Testing

@testable import Supervision

@Suite struct ListenersTests {
    @Test("systemd's wildcard socket serves IPv4 too")
    func systemdsWildcard() throws {
        let wildcard = try SocketAddress(host: "::", port: 80)
        #expect(Listeners.serves(wildcard, try SocketAddress(host: "0.0.0.0", port: 80)))
        #expect(Listeners.serves(wildcard, wildcard))
        #expect(!Listeners.serves(wildcard, try SocketAddress(host: "127.0.0.1", port: 80)))
        #expect(!Listeners.serves(wildcard, try SocketAddress(host: "0.0.0.0", port: 81)))
        #expect(!Listeners.serves(try SocketAddress(unixPath: "/x"), try SocketAddress(unixPath: "/y")))
    }
}
