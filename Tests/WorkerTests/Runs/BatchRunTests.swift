import HTTP
import Loop
import Policy
import Scoreboard
import Testing

@testable import Upstream
@testable import Worker

@LoopActor struct BatchRunTests {
    private static let routes = """
        routes: [{ path: /batch, methods: [POST], batch: { allow: ["http://*.example.com"], max: 4, timeout: 3s } }]
        """

    @Test("all URLs are fetched at once, and the answer has them in the order asked, also those that were not made")
    func order() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send(
            "POST", "/batch",
            body: #"{"urls":["http://a.example.com/1","http://other/","no url","http://b.example.com/2"]}"#)
        #expect(worker.engine.calls.map { $0.order.url?.host.text } == ["a.example.com", "b.example.com"])
        #expect(worker.engine.calls.allSatisfy { $0.order.timeout == .seconds(3) })
        worker.engine.answer(1, "two")
        #expect(client.answers.isEmpty)
        worker.engine.end(0, .failure(.dns))
        #expect(client.status == 200)
        let places = ["dns", "forbidden", "invalid_url", "two"].map { client.body.firstRange(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil } && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        #expect(worker.traffic.calls[.total] == 4 && worker.traffic.calls[.inFlight] == 0)
    }

    @Test("a batch of which nothing can be fetched is answered at once")
    func nothing() throws {
        let worker = try TestWorker(Self.routes)
        #expect(worker.send("POST", "/batch", body: #"{"urls":["http://other/"]}"#).status == 200)
        #expect(worker.send("POST", "/batch", body: #"{"urls":[]}"#).answers.count == 1)
        #expect(worker.engine.calls.isEmpty)
    }

    @Test(
        "a body that is no batch is refused before any call",
        arguments: [
            "", "[]", #"{"urls":1}"#, #"{"urls":["http://a.example.com"],"x":1}"#, #"{"urls":["a","b","c","d","e"]}"#,
        ])
    func refused(_ body: String) throws {
        let worker = try TestWorker(Self.routes)
        #expect(worker.send("POST", "/batch", body: body).status == 400 && worker.engine.calls.isEmpty)
    }

    @Test("a client that goes away has what still runs cancelled")
    func gone() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("POST", "/batch", body: #"{"urls":["http://a.example.com/","http://b.example.com/"]}"#)
        worker.engine.answer(0, "1")
        client.leave()
        #expect(worker.engine.cancelled == [1] && worker.traffic.failures[.cancelled] == 1)
        #expect(worker.byClass == [0, 0, 0, 1, 0])
    }
}
