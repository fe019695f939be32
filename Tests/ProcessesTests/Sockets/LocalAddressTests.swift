import Base
import Processes
import Testing

@Suite struct LocalAddressTests {
    @Test(
        "addresses of this machine are those that a socket can be bound to",
        arguments: [
            ("127.0.0.1", true), ("127.255.0.9", true), ("0.0.0.0", true),
            // Nobody has those (RFC 5737, RFC 3849).
            ("192.0.2.1", false), ("203.0.113.77", false), ("2001:db8::1", false),
        ])
    func has(text: String, isHere: Bool) throws {
        #expect(LocalAddress.has(try #require(IPAddress(text))) == isHere)
    }
}
