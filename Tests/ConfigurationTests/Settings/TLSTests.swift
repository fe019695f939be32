import Configuration
import Policy
import Testing

/// `tls` of an upstream, and the files that it names.
@Suite struct TLSTests {
    private static let digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    private static func pem(_ label: String, _ lines: String = "MIIB\nAA==") -> String {
        "-----BEGIN \(label)-----\n\(lines)\n-----END \(label)-----\n"
    }

    private static let files = SecretFiles(isOpenToAll: { $0 == "/open.key" }) { path in
        let text: String? =
            switch path {
            case "/ca.pem": "An authority\r\n" + pem("CERTIFICATE") + pem("CERTIFICATE")
            case "/c.pem": pem("CERTIFICATE")
            case "/c.key", "/open.key": pem("PRIVATE KEY", "s3cret\nMIIB")
            case "/ec.key": pem("EC PARAMETERS") + pem("EC PRIVATE KEY")
            case "/both.pem": pem("CERTIFICATE") + pem("RSA PRIVATE KEY")
            case "/locked.key": pem("ENCRYPTED PRIVATE KEY")
            case "/old.key":
                pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIB")
            case "/der": "\u{30}\u{82}\u{1}s3cret"
            case "/cut": "-----BEGIN CERTIFICATE-----\nMIIB\n"
            case "/mixed": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END PRIVATE KEY-----\n"
            case "/text": pem("CERTIFICATE", "s3cret, and no base64")
            case "/hollow": pem("CERTIFICATE", "")
            default: nil
            }
        return text.map { .success(Array($0.utf8)) }
            ?? .failure(SecretFiles.Failure(message: "read \(path): No such file or directory"))
    }

    private static func text(_ tls: String, servers: String = "https://h") -> String {
        "upstreams: { u: { servers: \(servers), tls: { \(tls) } } }\n"
            + "routes: [{ path: /, fan_out: [{ name: a, upstream: u, path: / }] }]"
    }

    @Test("every key reaches its value, and check shows what differs from the defaults")
    func reads() throws {
        let text = Self.text(
            "ca: /ca.pem, client_certificate: /c.pem, client_key: /c.key, server_name: Other.Test, "
                + "pins: [sha256//\(Self.digest), sha256//\(Self.digest)]")
        let (configuration, warnings) = try Configuration.load(
            text.utf8, path: "f", environment: [:], files: Self.files)
        #expect(warnings == [])
        var wanted = TLSSettings()
        wanted.authorities = "/ca.pem"
        wanted.certificate = "/c.pem"
        wanted.key = "/c.key"
        wanted.serverName = "other.test"
        wanted.pins = ["sha256//\(Self.digest)", "sha256//\(Self.digest)"]
        #expect(configuration.upstreams[0].settings.tls == wanted)
        #expect(
            configuration.summary.contains(
                "u: https://h (tls ca /ca.pem, client certificate /c.pem, server name other.test, 2 pins)"))
        #expect(!configuration.summary.contains("c.key"))
    }

    @Test(
        "files of the forms that TLS libraries read are good",
        arguments: [("/c.pem", "/ec.key"), ("/both.pem", "/both.pem"), ("/ca.pem", "/c.key")])
    func good(certificate: String, key: String) throws {
        let text = Self.text("client_certificate: \(certificate), client_key: \(key), pins: sha256//\(Self.digest)")
        #expect(try warnings(text, files: Self.files) == [])
    }

    @Test("a key that everybody can read is warned of")
    func open() throws {
        #expect(
            try warnings(Self.text("client_certificate: /c.pem, client_key: /open.key"), files: Self.files) == [
                "1:86: every user of this machine can read the key in /open.key; 'chmod o= /open.key' helps"
            ])
    }

    @Test(
        "a mistake is one error at its place, and says nothing of what is in a file",
        arguments: [
            ("ca: /none", "1:50: read /none: No such file or directory"),
            ("ca: /der", "1:50: the file /der is not PEM: it has no '-----BEGIN …-----'"),
            ("ca: /cut", "1:50: the file /cut is not PEM: one of its objects has no end"),
            ("ca: /mixed", "the file /mixed is not PEM: one of its objects is not whole"),
            ("ca: /text", "the file /text is not PEM: one of its objects is not written in base64"),
            ("ca: /hollow", "the file /hollow is not PEM: one of its objects is not whole"),
            ("ca: /c.key", "1:50: the file /c.key wants certificates of authorities in PEM; it has 'PRIVATE KEY'"),
            ("client_certificate: /c.pem", "1:46: 'client_certificate' wants 'client_key' beside it"),
            ("client_key: /c.key", "1:46: 'client_key' wants 'client_certificate' beside it"),
            ("client_certificate: /c.key, client_key: /c.key", "wants a certificate in PEM; it has 'PRIVATE KEY'"),
            (
                "client_certificate: /c.pem, client_key: /c.pem",
                "1:86: the file /c.pem wants a private key in PEM; it has 'CERTIFICATE'"
            ),
            ("client_certificate: /c.pem, client_key: /locked.key", "the key in /locked.key is encrypted"),
            ("client_certificate: /c.pem, client_key: /old.key", "the key in /old.key is encrypted"),
            ("client_certificate: c.pem, client_key: /c.key", "'client_certificate' wants the absolute path of a file"),
            ("server_name: 10.0.0.1", "'server_name' wants a host name such as users.example.internal"),
            ("server_name: a b", "'a b' is no host"), ("server_name: 'h:443'", "an IPv6 address stands in brackets"),
            ("pins: []", "'pins' wants at least one of its pins"),
            ("pins: sha1//AAAA", "1:52: 'pins' wants a pin such as sha256//"),
            ("pins: [sha256//AAAA]", "'pins' wants a pin such as sha256//"),
            ("server_nam: h", "did you mean 'server_name'?"),
        ])
    func refuses(tls: String, wanted: String) {
        let found = errors(Self.text(tls), files: Self.files)
        #expect(found.count == 1 && found[0].contains(wanted), "\(found)")
        #expect(!found.joined().contains("s3cret"))
    }

    @Test("servers that have no TLS want none of it; one of several is enough")
    func plain() throws {
        #expect(
            errors(Self.text("ca: /ca.pem", servers: "[http://a, http://b]"), files: Self.files) == [
                "1:50: 'tls' has a meaning only for https, and no server of 'u' is"
            ])
        #expect(errors(Self.text("ca: /ca.pem", servers: "[http://a, https://b]"), files: Self.files) == [])
    }
}
