import TestSupport
import Testing

@testable import Base
@testable import FanOut
@testable import HTTP

/// What a proxy route asks its upstream for, and what of messages goes on.
@Suite struct ProxyTests {
    private static func request(
        _ target: String, _ fields: [(String, String)] = [], method: String = "GET", trusted: Bool = false
    ) -> Request {
        var all = HeaderFields()
        for (name, value) in fields { all.append(name, value) }
        return Request(
            method: method, target: target, fields: all, body: [],
            peer: Request.Peer("10.0.0.1:4711", isTrustedProxy: trusted), received: MonotonicTime(nanoseconds: 0))
    }

    private static func target(_ sent: String, _ template: String? = nil, captures: [String] = []) throws -> String? {
        let names = Reference.Names(parameters: ["*"])
        let route = ProxyRoute(
            upstream: 0, target: try template.map { try TargetTemplate($0, names) }, idle: .seconds(1))
        let read = try #require(RequestTarget(sent))
        return route.target(of: request(sent), read, captures: captures, requestID: "r").map { text($0) }
    }

    @Test(
        "a path in its normal form goes on as it was sent, with its query",
        arguments: [
            "/legacy/a/b", "/", "/a/", "/a;v=1/b,c:@d!$&'()*+=~", "/a?x=%2F/../&y", "/a?",
        ])
    func asSent(target: String) throws {
        #expect(try Self.target(target) == target)
    }

    @Test(
        "another goes on as its route was found, so that no upstream takes it for another place",
        arguments: [
            ("/a/../b", "/b"), ("/a//b", "/a/b"), ("/a/%2e%2e/b", "/b"), ("/a%2Fb", "/a/b"), ("/%41", "/A"),
            ("/a/./", "/a/"),
            ("/a%3Fb", "/a%3Fb"), ("/a%20b%C3%A9", "/a%20b%C3%A9"), ("/a/..;/b", "/a/..;/b"),
            ("http://h/a//b?c", "/a/b?c"),
            ("/%252e%252e/x", "/%252e%252e/x"),
        ])
    func normalised(sent: String, asked: String) throws {
        #expect(try Self.target(sent) == asked)
    }

    @Test("a path of the route's own is filled in, with the query behind its own")
    func rewritten() throws {
        #expect(try Self.target("/legacy/a/b?x=1", "/{*}", captures: ["a/b"]) == "/a/b?x=1")
        #expect(try Self.target("/legacy/a?x=1", "/new/{*}?from=old", captures: ["a"]) == "/new/a?from=old&x=1")
    }

    @Test(
        "whatever is sent, the upstream resolves what it is asked for to the same segments", arguments: UInt64(1)...200)
    func generated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let sent = "/" + random.hostileText(length: 12)
            guard let read = RequestTarget(sent) else { continue }
            let asked = try #require(try Self.target(sent))
            #expect(RequestTarget(asked)?.segments == read.segments, "\(sent) became \(asked)")
            #expect(asked.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F })
        }
    }

    private static func sent(
        _ fields: [(String, String)], trusted: Bool = true, host: HostPolicy = .upstream,
        streamed: BodyStreaming? = nil
    ) -> OutgoingMessage {
        ProxyFields.message(for: request("/", fields, trusted: trusted), host, streamed: streamed)
    }

    private static func lines(_ message: OutgoingMessage) -> [String] {
        text(message.fields).split(separator: "\r\n").map(String.init)
    }

    @Test("what belongs to the client's connection stays there, also what Connection names")
    func hopByHop() {
        let message = Self.sent([
            ("Host", "shop.test"), ("Connection", "close, X-Secret ,\tx-forwarded-for"), ("x-secret", "1"),
            ("Keep-Alive", "5"), ("TE", "gzip"), ("Upgrade", "h2c"), ("Proxy-Authorization", "x"),
            ("Proxy", "http://evil"), ("Expect", "100-continue"), ("Trailer", "x"), ("Transfer-Encoding", "chunked"),
            ("X-Forwarded-For", "6.6.6.6"), ("Cookie", "a=1"), ("Cookie", "b=2"), ("Accept", "text/html"),
            ("X-Request-Id", "r"), ("Traceparent", "t"),
        ])
        #expect(
            Self.lines(message) == [
                "Cookie: a=1", "Cookie: b=2", "Accept: text/html", "X-Forwarded-For: 10.0.0.1",
                "X-Forwarded-Proto: http", "X-Forwarded-Host: shop.test",
                "Forwarded: for=10.0.0.1;host=shop.test;proto=http", "Via: 1.1 gatewayd",
            ])
        #expect(message.host == nil && message.body == nil)
    }

    private static let way = [
        ("Host", "inner:80"), ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "2.2.2.2, 3.3.3.3"),
        ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.test"), ("Via", "1.0 nginx"),
        ("Forwarded", "for=1.1.1.1"), ("X-Real-IP", "1.1.1.1"), ("X-Forwarded-Port", "443"),
    ]

    @Test("what a trusted proxy says of the way is added to") func addedTo() {
        #expect(
            Self.lines(Self.sent(Self.way)) == [
                "X-Real-IP: 1.1.1.1", "X-Forwarded-Port: 443",
                "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 10.0.0.1",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test",
                "Forwarded: for=1.1.1.1, for=10.0.0.1;host=\"inner:80\";proto=http", "Via: 1.0 nginx, 1.1 gatewayd",
            ])
    }

    @Test("what anybody else says of it is replaced") func replaced() {
        #expect(
            Self.lines(Self.sent(Self.way, trusted: false)) == [
                "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: inner:80",
                "Forwarded: for=10.0.0.1;host=\"inner:80\";proto=http", "Via: 1.0 nginx, 1.1 gatewayd",
            ])
    }

    @Test("Host is the server's, the client's or one of the configuration's") func host() {
        let fields = [("Host", "shop.test")]
        #expect(Self.sent(fields).host == nil)
        #expect(Self.sent(fields, host: .preserve).host == Array("shop.test".utf8))
        #expect(Self.sent(fields, host: .name("a.test")).host == Array("a.test".utf8))
        #expect(Self.sent([], host: .preserve).host == nil)
    }

    @Test("trailers are announced where there can be any, and taken where the client takes them") func trailers() {
        let fields = [("Trailer", "X-Sum"), ("TE", "gzip, trailers")]
        func has(_ streamed: BodyStreaming?, _ line: String) -> Bool {
            Self.lines(Self.sent(fields, streamed: streamed)).contains(line)
        }
        #expect(has(.chunked, "Trailer: X-Sum") && !has(.length(3), "Trailer: X-Sum") && !has(nil, "Trailer: X-Sum"))
        #expect(has(nil, "TE: trailers") && has(nil, "Connection: TE"))
        var sent = HeaderFields()
        for name in ["X-Sum", "Content-Length", "Host", "Transfer-Encoding", "Via", "Connection", "X-Forwarded-For"] {
            sent.append(name, "1")
        }
        #expect(text(ProxyFields.trailers(sent)) == "X-Sum: 1\r\n")
    }

    @Test("an upgrade is asked for only of a route that passes it on") func upgrade() {
        let fields = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", "k")]
        let lines = Self.lines(Self.sent(fields, streamed: .untilClose))
        #expect(lines.suffix(2) == ["Connection: Upgrade", "Upgrade: websocket"])
        #expect(!Self.lines(Self.sent(fields)).contains { $0.hasPrefix("Upgrade") || $0.hasPrefix("Connection") })
    }

    @Test(
        "a prefix is not passed on, however it was sent",
        arguments: [
            ("/old/app/a/b?x=/old", "/a/b?x=/old"), ("/old/app", "/"), ("/old/app/", "/"), ("/old//app/%61", "/a"),
            ("/old/app/old/app", "/old/app"), ("/old/app?x", "/?x"),
        ])
    func stripped(sent: String, asked: String) throws {
        var route = ProxyRoute(upstream: 0, target: nil, idle: .seconds(1))
        route.strippedSegments = 2
        let read = try #require(RequestTarget(sent))
        #expect(route.target(of: Self.request(sent), read, captures: [], requestID: "r").map { text($0) } == asked)
    }

    @Test("an answer's fields go to the client but those of the upstream's connection")
    func answer() {
        var fields = HeaderFields()
        for (name, value) in [
            ("Server", "x"), ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("Set-Cookie", "a"),
            ("Set-Cookie", "b"),
            ("Content-Length", "3"), ("Transfer-Encoding", "chunked"), ("Date", "now"), ("Location", "/x"),
            ("X-Request-Id", "z"),
        ] { fields.append(name, value) }
        #expect(
            text(ProxyFields.block(of: fields, requestID: "r").bytes)
                == "Server: x\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nLocation: /x\r\nX-Request-Id: r\r\n")
    }
}
