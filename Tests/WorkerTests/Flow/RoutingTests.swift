import HTTP
import Loop
import Scoreboard
import Testing

@testable import Worker

@LoopActor struct RoutingTests {
    private static let routes = """
        routes:
          - { path: /page, methods: [GET, POST], fan_out: [{ name: a, url: "http://127.0.0.1:1/a" }] }
          - { path: "/users/{id}", fan_out: [{ name: user, url: "http://127.0.0.1:1/users/{id}" }] }
          - { path: /hello, respond: { body: hello } }
        """

    @Test("a request gets the answer of its route, with its captures filled in")
    func found() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("GET", "/users/a%20b?x=1")
        #expect(worker.engine.targets == ["/users/a%20b"] && client.answers.isEmpty)
        worker.engine.answer(0, #"{"n":1}"#)
        #expect(client.status == 200 && client.body == #"{"user":{"n":1}}"#)
        #expect(worker.byClass == [0, 1, 0, 0, 0] && worker.traffic.requests[.inFlight] == 0)
    }

    @Test(
        "no route, the wrong method and no path are refused before any call",
        arguments: [
            ("GET", "/none", 404), ("DELETE", "/page", 405), ("OPTIONS", "/page", 405), ("HEAD", "/page/x", 404),
            ("CONNECT", "example.com:443", 405), ("GET", "*", 400), ("OPTIONS", "*", 204),
        ])
    func refused(_ method: String, _ target: String, _ status: Int) throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send(method, target)
        #expect(client.status == status && client.answers.count == 1 && worker.engine.calls.isEmpty)
        #expect(client.fields.contains("X-Request-Id: "))
        #expect(worker.byClass[status / 100 - 1] == 1 && worker.traffic.requests[.inFlight] == 0)
    }

    @Test("405 says which methods the path takes, and what is about no path ends the connection")
    func allowed() throws {
        let worker = try TestWorker(Self.routes)
        #expect(worker.send("DELETE", "/page").fields.contains("Allow: GET, HEAD, POST\r\n"))
        #expect(worker.send("DELETE", "/page").answers.first?.endsConnection == false)
        #expect(worker.send("CONNECT", "a:1").answers.first?.endsConnection == true)
        #expect(worker.send("CONNECT", "a:1").fields.contains("Allow: \r\n"))
        #expect(worker.send("OPTIONS", "*").answers.first?.endsConnection == false)
    }

    @Test("a well-formed request id is kept, and any other is replaced by one of ours")
    func requestIDs() throws {
        let worker = try TestWorker(Self.routes)
        #expect(worker.send("GET", "/hello", ("X-Request-Id", "abc-1")).fields.contains("X-Request-Id: abc-1\r\n"))
        var made = Set<String>()
        for bad in ["", "a b", String(repeating: "x", count: 1_000)] {
            let client = worker.send("GET", "/hello", ("X-Request-Id", bad))
            let line = try #require(client.fields.split(separator: "\r\n").first { $0.hasPrefix("X-Request-Id: ") })
            made.insert(String(line))
            #expect(!line.hasSuffix(": \(bad)"))
        }
        #expect(made.count == 3)
    }

    @Test("a call carries the id of its request, and the trace that this came with")
    func passedOn() throws {
        let worker = try TestWorker(Self.routes)
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let client = worker.send("GET", "/page", ("X-Request-Id", "r1"), ("traceparent", parent))
        #expect(worker.engine.calls[0].lines == "X-Request-Id: r1\r\ntraceparent: \(parent)\r\n")
        worker.engine.answer(0, "1")
        #expect(client.fields.contains("X-Request-Id: r1\r\n"))
    }

    @Test("a value that is made of dots cannot stand in a call's path")
    func dots() throws {
        let worker = try TestWorker(Self.routes)
        #expect(worker.send("GET", "/users/%2e%2e").status == 404)
        #expect(worker.send("GET", "/users/...").status == 400 && worker.engine.calls.isEmpty)
    }

    @Test("a probe of the worker itself is told the status, and is counted as no request")
    func probe() throws {
        let worker = try TestWorker(Self.routes)
        var statuses: [Int] = []
        worker.flow.probe("/hello") { statuses.append($0) }
        worker.flow.probe(nil) { statuses.append($0) }
        worker.flow.probe("/page") { statuses.append($0) }
        worker.engine.answer(0, "1")
        #expect(
            statuses == [200, 404, 200] && worker.traffic.requests[.total] == 0 && worker.traffic.calls[.total] == 1)
        #expect(worker.inFlight.isEmpty)
    }

    @Test("a request is noted down as in flight until it is answered, with the calls that are open")
    func inFlight() throws {
        let worker = try TestWorker(Self.routes)
        let client = worker.send("GET", "/page", ("X-Request-Id", "seen"))
        #expect(worker.inFlight.map(\.requestID) == ["seen"] && worker.inFlight.first?.openCalls == 1)
        worker.engine.answer(0, "1")
        #expect(client.status == 200 && worker.inFlight.isEmpty)
    }
}
