import Base
import HTTP
import HTTPEdge
import Loop
import Testing

/// Several requests on one connection: answers in their order, one in progress at a time.
@Suite(.timeLimit(.minutes(5))) struct PipelineTests {
    private func get(_ target: String, _ fields: String...) -> String {
        "GET \(target) HTTP/1.1\r\nHost: h\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n"
    }

    @Test(
        "requests that are answered at once are answered in their order, however many come at a time",
        arguments: [1, 3, 1_000])
    func atOnce(count: Int) async throws {
        let server = try await TestServer.echo()
        let client = try TestClient(server.address)
        client.send((0..<count).map { get("/\($0)") }.joined())
        for number in 0..<count {
            #expect(try client.answer().text == "GET /\(number) ")
        }
        client.endSending()
        #expect(client.end() == (.closed, ""))
    }

    @Test("requests of which some are answered at once and some later are answered in their order, one after the other")
    func mixed() async throws {
        let inProgress = Counter()
        let server = try await TestServer { request, _, reply in
            inProgress.add(1)
            let answer: @LoopActor @Sendable () -> Void = {
                inProgress.add(-1)
                reply(.echo(request))
            }
            switch request.target.utf8.count % 3 {
            case 0: answer()
            case 1: LoopActor.execute(answer)
            default: LoopTimer.once(at: request.received + .microseconds(200), answer)
            }
        }
        let client = try TestClient(server.address)
        let targets = (0..<100).map { "/" + String(repeating: "x", count: $0 % 7) + "\($0)" }
        client.send(targets.map { get($0) }.joined())
        for target in targets {
            #expect(try client.answer().text == "GET \(target) ")
        }
        #expect(await inProgress.highest == 1)
    }

    /// How many things are going on, and how many were at most.
    @LoopActor
    private final class Counter {
        private var count = 0
        private(set) var highest = 0

        func add(_ number: Int) {
            count += number
            highest = max(highest, count)
        }
    }

    @Test("bodies with a length and in chunks are read whole, in single bytes too")
    func bodies() async throws {
        let server = try await TestServer.echo()
        let client = try TestClient(server.address)
        let text =
            "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
            + "PUT /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x\r\nf\r\n0\r\nA: b\r\n\r\n"
        for character in text.unicodeScalars { client.send(String(character)) }
        #expect(try client.answer().text == "POST /1 abc")
        #expect(try client.answer().text == "PUT /2 def")
    }

    @Test("a second answer to a request goes nowhere, though the next request waits for one")
    func answeredTwice() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get("/1") + get("/2"))
        let first = await server.handler.next()
        await first.reply(.text("one"))
        await first.reply(.text("one again"))
        let second = await server.handler.next()
        await first.reply(.text("one once more"))
        await second.reply(.text("two"))
        #expect(try client.answer().text == "one")
        #expect(try client.answer().text == "two")
        client.endSending()
        #expect(client.end() == (.closed, ""))
    }

    @Test("what cannot be read is refused when all before it is answered, and the connection ends in order")
    func refusedLast() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get("/1") + get("/2") + "GET /3\r\n\r\n" + get("/4"))
        let first = await server.handler.next()
        await first.reply(.text("one"))
        #expect(try client.answer().text == "one")
        await server.handler.next().reply(.text("two"))
        #expect(try client.answer().text == "two")
        let refusal = try client.answer()
        #expect(refusal.status == 400)
        #expect(refusal.fields.contains("Connection: close"))
        #expect(refusal.fields.contains("Content-Type: application/problem+json"))
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals == [400])
        #expect(await server.handler.heldCount == 0)
    }

    @Test("what comes behind a request that says close is not answered, and does not reset the answer")
    func behindTheLast() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get("/1", "Connection: close") + (0..<100).map { get("/\($0)") }.joined())
        let held = await server.handler.next()
        // More than is read while requests wait lies in the socket.
        client.send(String(repeating: get("/more"), count: 2_000))
        await held.reply(.text("one"))
        let answer = try client.answer()
        #expect(answer.text == "one")
        #expect(answer.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.heldCount == 0)
    }
}
