import HTTP
import Loop
import Policy
import Scoreboard
import Testing
import Upstream

@testable import Worker

@LoopActor struct AccessTests {
    private static let call = "fan_out: [{ name: a, url: 'http://127.0.0.1:1/a' }]"

    @Test(
        "clients of refused addresses get 403 before any call",
        arguments: [
            ("10.0.0.1:5", true), ("10.1.2.3:5", false), ("[2001:db8::1]:5", false), ("192.168.1.1:5", false),
        ])
    func addresses(_ client: String, _ isLetIn: Bool) throws {
        let worker = try TestWorker("routes: [{ path: /, allow: [10.0.0.0/24], \(Self.call) }]")
        let answer = worker.send("GET", "/", from: client)
        #expect(worker.engine.calls.count == (isLetIn ? 1 : 0) && answer.status == (isLetIn ? nil : 403))
    }

    @Test("a token that is missing or of no use is refused with a challenge, and nothing is called")
    func tokens() throws {
        let worker = try TestWorker(
            """
            upstreams: { id: { servers: ["http://127.0.0.1:2"] } }
            routes:
              - path: /
                auth: { jwt: { jwks: { upstream: id, path: /keys }, issuer: i, audience: a } }
                \(Self.call)
            """)
        let missing = worker.send("GET", "/")
        #expect(missing.status == 401 && missing.fields.contains("WWW-Authenticate: Bearer realm=\"gatewayd\"\r\n"))
        // The keys were never asked for, so there are none.
        let early = worker.send("GET", "/", ("Authorization", "Bearer a.b.c"))
        #expect(early.status == 503 && early.fields.contains("Retry-After: 1"))
        #expect(worker.engine.calls.isEmpty)
        worker.services.start(worker.engine)
        #expect(worker.engine.targets == ["/keys"])
        let waiting = worker.send("GET", "/", ("Authorization", "Bearer a.b.c"))
        #expect(waiting.answers.isEmpty)
        worker.engine.answer(0, #"{"keys":[]}"#)
        #expect(waiting.status == 503 && worker.engine.targets == ["/keys"] && worker.byClass == [0, 0, 0, 1, 2])
    }

    @Test("for a client that goes away while its keys are on their way nothing is called")
    func goneMeanwhile() throws {
        let worker = try TestWorker(
            """
            upstreams: { id: { servers: ["http://127.0.0.1:2"] } }
            routes:
              - path: /
                auth: { jwt: { jwks: { upstream: id, path: /keys }, issuer: i, audience: a } }
                \(Self.call)
            """)
        worker.services.start(worker.engine)
        let client = worker.send("GET", "/", ("Authorization", "Bearer a.b.c"))
        client.leave()
        worker.engine.end(0, .failure(.connect))
        #expect(worker.engine.calls.count == 1 && worker.traffic.requests[.inFlight] == 0)
    }

    @Test("a preflight is answered by the gateway, and answers name the origin that may read them")
    func crossOrigin() throws {
        let worker = try TestWorker(
            """
            cors: { origins: ["https://a.example"], headers: [X-Key], max_age: 10m }
            routes: [{ path: /, methods: [GET, PUT], \(Self.call) }]
            """)
        let preflight = worker.send(
            "OPTIONS", "/", ("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT"))
        #expect(preflight.status == 204 && worker.engine.calls.isEmpty)
        #expect(preflight.fields.contains("Access-Control-Allow-Origin: https://a.example\r\n"))
        let page = worker.send("GET", "/", ("Origin", "https://a.example"))
        worker.engine.answer(0, "1")
        #expect(page.fields.contains("Access-Control-Allow-Origin: https://a.example\r\n"))
        // Without the fields of a preflight it is a request like any other.
        #expect(worker.send("OPTIONS", "/", ("Origin", "https://a.example")).status == 405)
    }
}
