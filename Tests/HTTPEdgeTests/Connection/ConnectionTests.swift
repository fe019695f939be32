import HTTP
import HTTPEdge
import Loop
import Testing

/// What a connection makes of versions, methods and expectations, and of clients that go away.
@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
    @Test("HTTP/1.0 is kept open where it asks for that, and told so")
    func oldKeepAlive() async throws {
        let client = try TestClient(await TestServer.echo().address)
        client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let first = try client.answer()
        #expect(first.text == "GET /1 ")
        #expect(first.fields.contains("Connection: keep-alive"))
        client.send("GET /2 HTTP/1.0\r\n\r\n")
        let second = try client.answer()
        #expect(second.text == "GET /2 ")
        #expect(second.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
    }

    @Test("HTTP/1.1 is kept open without a word, until the client says close")
    func keepAlive() async throws {
        let client = try TestClient(await TestServer.echo().address)
        client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer().fields.contains { $0.hasPrefix("Connection") } == false)
        client.send("GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(try client.answer().fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
    }

    @Test("the answer to HEAD has the length of a body and no body, a large one too", arguments: [10, 200_000])
    func head(length: Int) async throws {
        let server = try await TestServer { _, _, reply in
            reply(Response(status: 200, body: [UInt8](repeating: 0x78, count: length)))
        }
        let client = try TestClient(server.address)
        client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let head = try client.answer(hasBody: false)
        #expect(head.fields.contains("Content-Length: \(length)"))
        #expect(try client.answer().body.count == length)
    }

    // MARK: 100-continue, RFC 9110 section 10.1.1

    private let expecting = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"

    @Test("a client that waits to be told sends its body when it has been")
    func expectation() async throws {
        let client = try TestClient(await TestServer.echo().address)
        for _ in 0..<2 {
            client.send(expecting)
            #expect(try client.answer().status == 100)
            client.send("ok")
            #expect(try client.answer().text == "POST / ok")
        }
        client.send(expecting + "ok")
        #expect(try client.answer().text == "POST / ok", "one that does not wait is told nothing")
    }

    @Test("one that waits behind another request is told when its turn has come", arguments: [true, false])
    func expectationBehind(isTogether: Bool) async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        let first = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        client.send(isTogether ? first + expecting : first)
        let held = await server.handler.next()
        if !isTogether { client.send(expecting) }
        await held.reply(.text("one"))
        #expect(try client.answer().text == "one")
        #expect(try client.answer().status == 100)
        client.send("ok")
        await server.handler.next().reply(.text("two"))
        #expect(try client.answer().text == "two")
    }

    @Test("a body that is announced as too long is refused without having been sent")
    func tooLong() async throws {
        var limits = EdgeLimits()
        limits.client.requests.body = 1
        let server = try await TestServer.echo(limits)
        let client = try TestClient(server.address)
        client.send(expecting)
        #expect(try client.answer().status == 413)
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals == [413])
    }

    @Test("a body in chunks is refused where it becomes too long, and the client sees that though it sends on")
    func tooLongInChunks() async throws {
        var limits = EdgeLimits()
        limits.client.requests.body = 1_000
        let client = try TestClient(await TestServer.echo(limits).address)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
        for _ in 0..<100 { client.send(chunk) }
        #expect(try client.answer().status == 413)
        #expect(client.end() == (.closed, ""))
    }

    @Test("what cannot be read is refused, and the client sees that though it sends on")
    func refusal() async throws {
        let server = try await TestServer.echo()
        let client = try TestClient(server.address)
        for _ in 0..<100 { #expect(client.send("{no request at all}" + String(repeating: "x", count: 4_096))) }
        #expect(try client.answer().status == 400)
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals == [400])
    }

    // MARK: Going away

    @Test(
        "a client that goes away before its answer is out is reported once, and the answer goes nowhere",
        arguments: [true, false])
    func gone(isReset: Bool) async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let held = await server.handler.next()
        #expect(await held.client.isGone == false)
        await Self.gone(held.client) { isReset ? client.reset() : client.endSending() }
        #expect(await held.client.isGone)
        await server.handler.closed(1)
        await held.reply(.text("too late"))
        #expect(await server.handler.opened == 1)
        #expect(await server.handler.closed == 1)
    }

    @LoopActor
    private static func gone(_ client: Client, after action: () -> Void) async {
        await withCheckedContinuation { waiter in
            // A second call would end the test.
            client.onGone = { waiter.resume() }
            action()
        }
    }

    @Test("a client whose answer is out is not reported as gone")
    func notGone() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        let held = await server.handler.next()
        await held.reply(.text("one"))
        #expect(try client.answer().text == "one")
        await server.handler.closed(1)
        #expect(await held.client.isGone == false)
    }

    // MARK: Back-pressure

    @Test("a client that does not read a large answer keeps nobody waiting, and gets all of it when it reads")
    func slowReader() async throws {
        let body = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* (31 >> 3)) }
        let server = try await TestServer { request, _, reply in
            reply(request.target == "/large" ? Response(status: 200, body: body) : .echo(request))
        }
        let slow = try TestClient(server.address)
        slow.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        let other = try TestClient(server.address)
        for _ in 0..<100 {
            other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try other.answer().text == "GET / ")
        }
        #expect(try slow.answer().body == body)
        #expect(try slow.answer().text == "GET /next ")
    }
}
