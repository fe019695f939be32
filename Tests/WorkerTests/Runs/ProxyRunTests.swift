import Base
import HTTP
import Loop
import Policy
import Scoreboard
import Testing

@testable import Upstream
@testable import Worker

@LoopActor struct ProxyRunTests {
    private static let routes = """
        upstreams: { shop: { servers: ["http://127.0.0.1:1"] } }
        routes: [{ path: "/shop/*", methods: [GET, HEAD, POST], proxy: { upstream: shop, strip_prefix: /shop } }]
        """

    private func head(_ text: (String, String)...) -> HeaderFields {
        var fields = HeaderFields()
        for (name, value) in text { fields.append(name, value) }
        return fields
    }

    @Test("a request goes on with its method, path and query, and the answer's head as it came")
    func passed() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("POST", "/shop/items?x=1", ("X-A", "1"), body: "b")
        let made = worker.engine.calls[0]
        #expect(
            made.target == "/items?x=1" && made.order.message?.method == "POST" && made.lines.contains("X-A: 1\r\n"))
        #expect(made.order.message?.body == [0x62] && made.order.timeout == ProxyService.longest)
        let found = made.order.sink
        let sink = try #require(found)
        sink.informed(status: 103, fields: head(("Link", "</a>")))
        sink.began(status: 201, fields: head(("X-B", "2"), ("Connection", "close")), length: 3)
        #expect(client.interim == [103] && client.streams.map(\.status) == [201])
        let fields = String(decoding: client.streams[0].fields.bytes, as: UTF8.self)
        #expect(fields.contains("X-B: 2\r\n") && fields.contains("X-Request-Id: ") && !fields.contains("Connection"))
        worker.engine.answer(0, "")
        #expect(worker.byClass == [0, 1, 0, 0, 0] && worker.traffic.calls[.inFlight] == 0 && client.answers.isEmpty)
    }

    @Test(
        "without an answer the client gets one of ours, by the failure",
        arguments: [
            (Failure.connect, 502), (.timeout, 504), (.overloaded, 503), (.circuitOpen, 503), (.reset, 502),
        ])
    func failed(_ failure: Failure, _ status: Int) throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("GET", "/shop/")
        worker.engine.end(0, .failure(failure))
        #expect(client.status == status && worker.traffic.failures[failure] == 1)
    }

    @Test("an answer that breaks off is not answered again, and a call of it is counted as failed")
    func brokenOff() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("GET", "/shop/")
        worker.engine.calls[0].order.sink?.began(status: 200, fields: head(), length: nil)
        worker.engine.end(0, .failure(.reset))
        #expect(client.answers.isEmpty && worker.byClass == [0, 1, 0, 0, 0])
        #expect(worker.traffic.failures[.reset] == 1)
    }

    @Test("a client that goes away has its call cancelled, once, and is counted as 499")
    func gone() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("GET", "/shop/")
        client.leave()
        client.leave()
        #expect(worker.engine.cancelled == [0] && worker.byClass == [0, 0, 0, 1, 0])
        #expect(worker.traffic.failures[.cancelled] == 1 && worker.inFlight.isEmpty)
    }

    @Test("the answer to HEAD tells the length that a GET would have had")
    func headOnly() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("HEAD", "/shop/")
        worker.engine.calls[0].order.sink?.began(status: 200, fields: head(("Content-Length", "5")), length: 0)
        #expect(String(decoding: client.streams[0].fields.bytes, as: UTF8.self).contains("Content-Length: 5\r\n"))
    }
}
