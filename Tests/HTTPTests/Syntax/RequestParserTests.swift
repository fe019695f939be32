import HTTP
import TestSupport
import Testing

/// What is taken for a request (RFC 9112 sections 2 to 6), and what it says.
@Suite struct RequestParserTests {
    private func read(_ line: String, _ fields: String..., body: String = "") -> ReadRequests {
        ReadRequests("\(line)\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n\(body)")
    }

    @Test("a request is its method, target and fields, and its connection is kept")
    func plain() {
        let requests = read("GET /a?b=c HTTP/1.1", "Host: h", "A:  one \t", "a: two", "B:")
        #expect(requests.refusal == nil)
        #expect(requests.complete.count == 1)
        #expect(!requests.isInside)
        guard let one = requests.complete.first else { return }
        #expect(one.method == "GET")
        #expect(one.target == "/a?b=c")
        #expect(one.host == "h")
        #expect(one.a == "one")
        #expect(one.b == "")
        #expect(one.body.isEmpty)
        #expect(one.contentLength == nil)
        #expect(one.keepsAlive)
        #expect(!one.isHTTP10)
    }

    @Test(
        "a method is any token, and a target whatever has no blank in it",
        arguments: ["GET", "post", "PROPFIND", "!#$%&'*+-.^_`|~9"],
        [
            "/", "/a//b/../c", "/%00%zz", "*", "a.test:443", "http://a.test/b", "HTTP://A.TEST", "//x", "?",
            "/\"<>{}|\\^`#",
        ])
    func methodAndTarget(method: String, target: String) {
        let requests = read("\(method) \(target) HTTP/1.1", "Host: h")
        #expect(requests.complete.first?.method == method)
        #expect(requests.complete.first?.target == target)
    }

    @Test("empty lines before a request are passed over, and only there", arguments: 0...3)
    func emptyLines(count: Int) {
        let lines = String(repeating: "\r\n", count: count)
        #expect(ReadRequests(lines) == ReadRequests(""))
        let one = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        #expect(ReadRequests(lines + one + lines + one + lines).complete.count == 2)
    }

    @Test("an empty line whose line feed has not come is no request, and no refusal")
    func halfAnEmptyLine() {
        #expect(ReadRequests("\r").refusal == nil)
        #expect(ReadRequests("\r").isInside)
        #expect(ReadRequests(Pieces.of(bytes("\r\nGET / HTTP/1.0\r\n\r\n"), each: 1)).complete.count == 1)
    }

    @Test(
        "a connection is kept as the version and the field Connection say",
        arguments: [
            ("1.1", "", true), ("1.1", "close", false), ("1.1", "x, Close", false), ("1.1", "closed", true),
            ("1.1", "keep-alive, close", false), ("1.0", "", false), ("1.0", "Keep-Alive", true),
            ("1.0", "x,keep-alive ,y", true), ("1.0", "keep-alive, close", false), ("1.0", "keep-alives", false),
            ("1.1", ",,close,,", false), ("1.1", "\"close\"", true),
        ])
    func persistence(version: String, value: String, keepsAlive: Bool) {
        let one = read("GET / HTTP/\(version)", "Host: h", "Connection: \(value)").complete.first
        #expect(one?.keepsAlive == keepsAlive)
        #expect(one?.isHTTP10 == (version == "1.0"))
    }

    @Test("one of several fields Connection that says close is enough")
    func severalConnections() {
        #expect(read("GET / HTTP/1.1", "Host: h", "Connection: close", "Connection: x").complete[0].keepsAlive == false)
    }

    // MARK: Host, RFC 9110 section 7.2

    @Test(
        "a host is a name or an address, and at most a port",
        arguments: [
            "a", "a.test", "A.Test.", "127.0.0.1", "[::1]", "[::ffff:1.2.3.4]:80", "a:80", "a:", "a:65535", "x_y-z~",
            "%41!$&'()*+,;=",
        ])
    func goodHost(value: String) {
        #expect(read("GET / HTTP/1.1", "Host: \(value)").complete.first?.host == value)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "a b", "a/b", "/", "user@a", "user:pw@a", "a:b", "a:80:80", "a:123456", "a:-1", ":80", "a?b", "a#b",
            "a\\b",
            "[::1", "::1", "[]", "[:]", "[a.test]x", "[::1]x", "[::1]80", "[::1]:x", "[fe80::1%25eth0]", "a[", "\u{E9}",
            "a\"",
        ])
    func badHost(value: String) {
        #expect(read("GET / HTTP/1.1", "Host: \(value)").refusal == .badHost)
        #expect(read("GET / HTTP/1.0", "Host: \(value)").refusal == .badHost)
    }

    @Test("HTTP/1.1 has one host, and HTTP/1.0 may have none")
    func hostCount() {
        #expect(read("GET / HTTP/1.1").refusal == .badHost)
        #expect(read("GET / HTTP/1.1", "Host: a", "Host: a").refusal == .badHost)
        #expect(read("GET / HTTP/1.0", "Host: a", "host: a").refusal == .badHost)
        #expect(read("GET / HTTP/1.0").complete.count == 1)
        // The target's own host does not stand in for the field.
        #expect(read("GET http://a.test/ HTTP/1.1").refusal == .badHost)
    }

    // MARK: Expect, RFC 9110 section 10.1.1

    @Test("the one expectation is 100-continue, which HTTP/1.0 does not have")
    func expectation() {
        let post = "POST / HTTP/1.1"
        #expect(read(post, "Host: h", "Content-Length: 1", "Expect: 100-Continue").begun?.expectsContinue == true)
        #expect(read(post, "Host: h", "Content-Length: 1").begun?.expectsContinue == false)
        #expect(read("POST / HTTP/1.0", "Expect: 100-continue").complete.first?.expectsContinue == false)
        for value in ["", "200-ok", "100-continue, 100-continue", "100-continue;a=b"] {
            #expect(read(post, "Host: h", "Expect: \(value)").refusal == .unknownExpectation)
        }
    }

    @Test("every refusal has its status and says in words what is wrong")
    func statuses() {
        let all: [(RequestError, Int)] =
            MessageError.allCases.map { (.malformed($0), 400) } + [
                (.badRequestLine, 400), (.badHost, 400), (.targetTooLong, 414), (.unknownExpectation, 417),
                (.headerTooLong, 431), (.unknownCoding, 501), (.badVersion, 505),
            ]
        for (error, status) in all {
            #expect(error.status == status)
            #expect(error.detail.hasSuffix("."))
        }
    }
}
