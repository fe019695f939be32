import HTTP
import HTTPEdge
import Loop
import Testing

/// Requests whose bodies their handler takes as they come.
@Suite(.timeLimit(.minutes(5))) struct BodyStreamTests {
    /// A body, as somebody takes it.
    @LoopActor
    private final class Taker {
        private(set) var text = ""
        private(set) var end: String?
        private var onChange: (() -> Void)?
        /// Whether a piece fills it.
        var isNarrow = false

        func start(_ body: RequestBody?) {
            body?.start { [self] piece in
                text += String(decoding: piece, as: UTF8.self)
                changed()
                return !isNarrow
            } onEnd: { [self] end in
                switch end {
                case .whole(let trailers): self.end = "whole \(trailers.first("x-sum") ?? "-")"
                case .refused(let status, _): self.end = "\(status)"
                }
                changed()
            }
        }

        private func changed() {
            onChange?()
            onChange = nil
        }

        func has(_ text: String, _ end: String?) async {
            while self.text != text || self.end != end {
                await withCheckedContinuation { waiter in onChange = { waiter.resume() } }
            }
        }
    }

    private static func server(_ reading: BodyReading = .streamed(limit: 100)) async throws -> TestServer {
        let server = try await TestServer()
        await server.handler.read(reading)
        return server
    }

    private static let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static func sized(_ length: Int) -> String {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test("what came before somebody takes it is handed out then, and the rest as it comes, with trailers")
    func pieces() async throws {
        let server = try await Self.server()
        let client = try TestClient(server.address)
        client.send(Self.chunked + "3\r\nabc\r\n")
        let held = await server.handler.next()
        let taker = await Taker()
        await taker.start(held.client.body)
        await taker.has("abc", nil)
        client.send("2\r\nde\r\n")
        await taker.has("abcde", nil)
        client.send("0\r\nX-Sum: 5\r\n\r\n")
        await taker.has("abcde", "whole 5")
        await held.reply(.text("ok"))
        #expect(try client.answer().fields.contains("Connection: close") == false)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(await server.handler.next().client.body == nil)
    }

    @Test("a body that came with its head is in the request, however it would have been taken")
    func atOnce() async throws {
        let server = try await Self.server()
        let client = try TestClient(server.address)
        client.send(Self.sized(3) + "abc")
        let held = await server.handler.next()
        #expect(held.request.body == Array("abc".utf8))
        #expect(await held.client.body == nil)
    }

    @Test("one behind another request waits for its turn, and the request behind it for its own")
    func pipelined() async throws {
        let server = try await Self.server()
        let client = try TestClient(server.address)
        client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n" + Self.sized(9) + "abc")
        let first = await server.handler.next()
        client.send("defghi" + "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n")
        await first.reply(.text("1"))
        #expect(try client.answer().text == "1")
        let second = await server.handler.next()
        let taker = await Taker()
        await taker.start(second.client.body)
        await taker.has("abcdefghi", "whole -")
        #expect(await server.handler.heldCount == 0)
        await second.reply(.text("2"))
        #expect(try client.answer().text == "2")
        #expect(await server.handler.next().request.target == "/3")
    }

    @Test("100 Continue is sent when the body is wanted, and not before")
    func expectation() async throws {
        let server = try await Self.server()
        let client = try TestClient(server.address)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        let held = await server.handler.next()
        let taker = await Taker()
        await taker.start(held.client.body)
        #expect(try client.answer().status == 100)
        client.send("abc")
        await taker.has("abc", "whole -")
    }

    @Test("nothing is read while there is no room")
    func backPressure() async throws {
        let server = try await Self.server(.streamed(limit: .max))
        let client = try TestClient(server.address)
        client.send(Self.sized(6) + "abc")
        let held = await server.handler.next()
        let taker = await Taker()
        await Self.narrow(taker, held.client.body)
        await taker.has("abc", nil)
        client.send("def")
        // Another connection's whole exchange takes turns of the loop in which the first one's bytes would be read.
        let other = try TestClient(server.address)
        other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await server.handler.next().reply(.text("ok"))
        _ = try other.answer()
        #expect(await taker.text == "abc")
        await held.client.body?.resume()
        await taker.has("abcdef", "whole -")
    }

    @LoopActor
    private static func narrow(_ taker: Taker, _ body: RequestBody?) {
        taker.isNarrow = true
        taker.start(body)
    }

    @Test(
        "what is too long or malformed is told to whoever takes it, whose answer is the last",
        arguments: [("64\r\n" + String(repeating: "x", count: 100) + "\r\n1\r\nx\r\n", "413"), ("zz\r\n", "400")])
    func refused(body: String, end: String) async throws {
        let server = try await Self.server()
        let client = try TestClient(server.address)
        client.send(Self.chunked + body)
        let held = await server.handler.next()
        let taker = await Taker()
        await taker.start(held.client.body)
        await taker.has(end == "413" ? String(repeating: "x", count: 100) : "", end)
        await held.reply(Response(status: 418))
        let answer = try client.answer()
        #expect(answer.status == 418 && answer.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals.isEmpty)
    }

    @Test("an answer before the body is whole ends the connection, and a length beyond the limit needs no handler")
    func early() async throws {
        let server = try await Self.server()
        let client = try TestClient(server.address)
        client.send(Self.sized(50) + "abc")
        await server.handler.next().reply(.text("no"))
        let answer = try client.answer()
        #expect(answer.text == "no" && answer.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
        let other = try TestClient(server.address)
        other.send(Self.sized(101))
        #expect(try other.answer().status == 413)
    }

    @Test("after 101 all bytes are the other protocol's, until the stream ends")
    func upgrade() async throws {
        let server = try await Self.server(.untilClose)
        let client = try TestClient(server.address)
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        let held = await server.handler.next()
        let stream = await held.client.stream(Response(status: 101))
        let taker = await Taker()
        await taker.start(held.client.body)
        await stream.send(Array("hello".utf8))
        #expect(client.reads(until: "HTTP/1.1 101 Switching Protocols\r\n\r\nhello"))
        client.send("GET / HTTP/1.1\r\n\r\n")
        await taker.has("GET / HTTP/1.1\r\n\r\n", nil)
        await stream.end()
        #expect(client.end().0 == .closed)
    }
}
