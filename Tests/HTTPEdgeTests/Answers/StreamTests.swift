import Glibc
import HTTP
import Loop
import Testing

@testable import HTTPEdge

/// Answers in pieces: how they are framed, and what follows them.
@Suite(.timeLimit(.minutes(5))) struct StreamTests {
    private let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    /// A server that answers each request at once with these pieces.
    private func server(_ pieces: [String], status: Int = 200, length: Int? = nil) async throws -> TestServer {
        try await TestServer { _, client, _ in
            let stream = client.stream(Response(status: status), length: length)
            for piece in pieces { stream.send(Array(piece.utf8)) }
            stream.end()
        }
    }

    @Test("each piece is a chunk and leaves when it is sent; the connection is kept for the next request")
    func chunks() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        for _ in 0..<2 {
            client.send(get)
            let stream = await server.handler.next().client.stream(.text("one"))
            #expect(client.reads(until: "\r\n\r\n3\r\none\r\n"))
            let long = String(repeating: "x", count: 0x12ABC)
            await stream.send(Array(long.utf8))
            #expect(client.reads(until: "12abc\r\n\(long)\r\n"))
            await stream.send([])
            await stream.send(Array("two".utf8))
            await stream.end()
            let answer = try client.answer()
            #expect(answer.chunks.map { String(decoding: $0, as: UTF8.self) } == ["one", long, "two"])
            #expect(answer.fields.contains("Transfer-Encoding: chunked"))
            #expect(answer.fields.contains { $0.hasPrefix("Connection") || $0.hasPrefix("Content-Length") } == false)
        }
    }

    @Test("what is sent in one turn of the loop goes out in one write at its end, and a head without a piece as well")
    func turns() async throws {
        let server = try await TestServer()
        var ends: [CInt] = [-1, -1]
        // Each write is a message of its own.
        let kind = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        try #require(fcntl(ends[0], F_SETFL, 0) == 0)
        let client = TestClient(owning: ends[0])
        await server.server.accepted(ends[1])
        client.send(get)
        let stream = await server.handler.next().client.stream(Response(status: 200))
        #expect(client.message()?.hasSuffix("\r\n\r\n") == true)
        await Self.send(["a", "bc"], to: stream)
        #expect(client.message() == "1\r\na\r\n2\r\nbc\r\n")
        await Self.send(["d"], to: stream, isLast: true)
        #expect(client.message() == "1\r\nd\r\n0\r\n\r\n")
        client.send(get)
        await Self.begin(await server.handler.next().client)
        #expect(client.message()?.hasSuffix("\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n") == true)
    }

    @LoopActor
    private static func send(_ pieces: [String], to stream: ResponseStream, isLast: Bool = false) {
        for piece in pieces { stream.send(Array(piece.utf8)) }
        if isLast { stream.end() }
    }

    @LoopActor
    private static func begin(_ client: Client) {
        send(["b"], to: client.stream(.text("a")), isLast: true)
    }

    @Test("a body for HTTP/1.0 is as it is sent, and ends with the connection, whatever the client asked for")
    func untilClose() async throws {
        let client = try TestClient(await server(["one", "two"]).address)
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let (end, text) = client.end()
        #expect(end == .closed)
        #expect(text.contains("\r\nConnection: close\r\n"))
        #expect(text.contains("Transfer-Encoding") == false)
        #expect(text.hasSuffix("\r\n\r\nonetwo"))
    }

    @Test(
        "the answer to HEAD, and one whose status has no body, is a head that goes out at once",
        arguments: [("HEAD", 200), ("GET", 204), ("GET", 304)])
    func noBody(method: String, status: Int) async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send("\(method) / HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        let stream = await server.handler.next().client.stream(Response(status: status, body: [1]))
        #expect(await stream.isDiscarded)
        let head = try client.answer(hasBody: false)
        #expect(head.status == status)
        let framing = ["Transfer-Encoding", "Content-Length", "Connection"]
        #expect(head.fields.contains { field in framing.contains { field.hasPrefix($0) } } == false)
        await stream.send([1, 2, 3])
        #expect(await stream.isFull == false)
        await stream.end()
        await server.handler.next().reply(.text("next"))
        #expect(try client.answer().text == "next")
    }

    @Test("a body whose length is known is framed by it, for HTTP/1.0 too, and HEAD is told the same")
    func knownLength() async throws {
        let client = try TestClient(await server(["one", "", "two"], length: 6).address)
        client.send(
            get + "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        #expect(try client.answer().text == "onetwo")
        #expect(try client.answer().text == "onetwo")
        #expect(try client.answer(hasBody: false).fields.contains("Content-Length: 6"))
        #expect(try client.answer().text == "onetwo")
    }

    @Test("a body that does not keep to the length that was told is cut off", arguments: [(5, "one"), (7, "onetwo")])
    func wrongLength(length: Int, sent: String) async throws {
        let client = try TestClient(await server(["one", "two"], length: length).address)
        client.send(get)
        let (end, text) = client.end()
        #expect(end == .closed)
        #expect(text.hasSuffix("\r\n\r\n" + sent))
    }

    // MARK: Several requests

    @Test("streams that end at once are answered in their order, however many come at a time", arguments: [3, 1_000])
    func atOnce(count: Int) async throws {
        let server = try await TestServer { request, client, _ in
            let stream = client.stream(Response(status: 200))
            stream.send(Array(request.target.utf8))
            stream.end()
        }
        let client = try TestClient(server.address)
        client.send((0..<count).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        for number in 0..<count { #expect(try client.answer().text == "/\(number)") }
    }

    @Test("a request behind an answer in pieces waits for its end, one that cannot be read as well")
    func behind() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get + get + "GET /\r\n\r\n")
        let stream = await server.handler.next().client.stream(.text("one"))
        #expect(client.reads(until: "one\r\n"))
        #expect(await server.handler.heldCount == 0)
        await stream.end()
        #expect(try client.answer().text == "one")
        let second = await server.handler.next().client.stream(.text("two"))
        await second.end()
        #expect(try client.answer().text == "two")
        #expect(try client.answer().status == 400)
        #expect(client.end() == (.closed, ""))
    }

    @Test("a request has one answer: what else its handler begins goes nowhere")
    func once() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get + get)
        let first = await server.handler.next()
        let stream = await first.client.stream(.text("one"))
        await first.reply(.text("whole"))
        #expect(await first.client.stream(.text("again")).isDiscarded)
        await stream.end()
        await stream.send([1])
        await stream.end()
        await stream.abort()
        let second = await server.handler.next()
        await second.reply(.text("two"))
        #expect(await second.client.stream(.text("again")).isDiscarded)
        #expect(try client.answer().text == "one")
        #expect(try client.answer().text == "two")
        client.endSending()
        #expect(client.end() == (.closed, ""))
    }
}
