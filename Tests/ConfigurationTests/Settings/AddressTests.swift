import Configuration
import HTTP
import Testing

@Test(
    "An address to listen on is read and written the same",
    arguments: [
        "127.0.0.1:8080", "0.0.0.0:0", "[::1]:80", "[::ffff:10.0.0.1]:65535", "localhost:80", "unix:/run/x.sock",
    ])
func readsListenAddress(text: String) throws {
    #expect(try ListenAddress(text).description == text)
}

@Test("The brackets of an IPv6 address are not part of the host")
func stripsBrackets() throws {
    #expect(try ListenAddress("[::1]:80") == .tcp(host: "::1", port: 80))
}

@Test(
    "What cannot be bound is refused",
    arguments: [
        "", "8080", ":8080", "*:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1:http",
        "127.0.0.256:80", "127.1:80", "::1:80", "[::1]", "[::1:80", "[1]:80", "[g::]:80", "a b:80", "a..b:80",
        "unix:", "unix:relative", "unix:/run/", "unix:/" + String(repeating: "x", count: 107),
    ])
func refusesListenAddress(text: String) {
    #expect(throws: AddressError.self) { try ListenAddress(text) }
}

@Test(
    "A server is written in its normal form",
    arguments: [
        ("http://127.0.0.1:9001", "http://127.0.0.1:9001", "127.0.0.1:9001"),
        ("http://127.0.0.1:9001/", "http://127.0.0.1:9001", "127.0.0.1:9001"),
        ("HTTPS://Example.COM:443/Base//", "https://example.com/Base", "example.com"),
        ("http://[::1]:8080/a/b", "http://[::1]:8080/a/b", "[::1]:8080"),
        ("https://a_b.internal:80", "https://a_b.internal:80", "a_b.internal:80"),
    ])
func readsServer(url: String, text: String, authority: String) throws {
    let server = try ServerAddress(url)
    #expect(server.text == text)
    #expect(server.authority == authority)
    #expect(try ServerAddress(server.text) == server)
}

@Test("A service is written in its normal form, and is named apart from the server that its URL would be")
func readsService() throws {
    let service = try ServerAddress("SRV+HTTP://_Users._tcp.Example.internal/base/")
    #expect(service.text == "srv+http://_users._tcp.example.internal/base")
    #expect(service.isService)
    #expect(try ServerAddress(service.text) == service)
    #expect(try ServerAddress("srv+https://users.service.consul").scheme == .https)
    #expect(try ServerAddress("http://_users._tcp.example.internal/base") != service)
}

@Test(
    "A service has a name and no port",
    arguments: [
        "srv+http://h:80", "srv+https://h:443/x", "srv+http://10.0.0.1", "srv+http://[::1]", "srv://h", "srv+h",
    ])
func refusesService(url: String) {
    #expect(throws: AddressError.self) { try ServerAddress(url) }
}

@Test("A URL without a port has its scheme's")
func knowsDefaultPorts() throws {
    #expect(try ServerAddress("http://h").port == 80)
    #expect(try ServerAddress("https://[::1]/x").port == 443)
}

@Test(
    "What is no plain http or https server is refused",
    arguments: [
        "", "h:80", "ftp://h", "unix:/x", "http://", "http:///x", "http://:80", "http://h:", "http://h:0",
        "http://h:65536", "http://user@h", "http://u:p@h:80", "http://h/x?y", "http://h?y", "http://h/#f",
        "http://h/a b",
        "http://{id}/", "http://h/{id}", "http://h\\x", "http://ü.de", "http://[::1", "http://1.2.3", "http://h/ü",
    ])
func refusesServer(url: String) {
    #expect(throws: AddressError.self) { try ServerAddress(url) }
}

@Test("Random bytes are an address or an error, never a trap")
func survivesNoise() {
    var random = Seeded(2)
    let alphabet = Array("http://[]:?#@{}.%0129afunix é")
    for _ in 0..<5_000 {
        let text = String(
            (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
        if let address = try? ListenAddress(text) { #expect((try? ListenAddress(address.description)) == address) }
        if let server = try? ServerAddress("http://" + text) { #expect((try? ServerAddress(server.text)) == server) }
    }
}
