import Base
import HTTP
import Loop
import Policy
import Processes
import Scoreboard
import Testing

@testable import FanOut
@testable import Upstream
@testable import Worker

@LoopActor struct FanOutRunTests {
    private static let five = (0..<5).map { "{ name: c\($0), url: 'http://127.0.0.1:1/\($0)' }" }
        .joined(separator: ", ")
    private static let page = "routes: [{ path: /, fan_out: [\(five)] }]"

    @Test("all calls begin at once, and their answers stand in the order of the configuration, whichever came first")
    func order() throws {
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 1, 3]] {
            let worker = try TestWorker(Self.page)
            let client = worker.send("GET", "/")
            #expect(worker.engine.targets == ["/0", "/1", "/2", "/3", "/4"])
            #expect(Set(worker.engine.calls.map(\.time)).count == 1)
            for (place, index) in order.enumerated() {
                #expect(client.answers.isEmpty && worker.inFlight.first?.openCalls.nonzeroBitCount == 5 - place)
                worker.engine.answer(index, "\(index)")
            }
            #expect(client.body == #"{"c0":0,"c1":1,"c2":2,"c3":3,"c4":4}"#)
            #expect(worker.traffic.calls[.total] == 5 && worker.traffic.calls[.inFlight] == 0)
        }
    }

    @Test("a client that goes away has its calls cancelled, and is counted as 499")
    func gone() throws {
        let worker = try TestWorker(Self.page)
        let client = worker.send("GET", "/")
        worker.engine.answer(1, "1")
        client.leave()
        #expect(worker.engine.cancelled == [0, 2, 3, 4] && worker.byClass == [0, 0, 0, 1, 0])
        #expect(worker.traffic.failures[.cancelled] == 4 && worker.traffic.calls[.inFlight] == 0)
        #expect(worker.inFlight.isEmpty)
        // What comes late changes nothing.
        worker.engine.calls[0].order.owner?.settled(0, .failure(.timeout))
        #expect(worker.traffic.failures[.timeout] == 0 && worker.traffic.requests[.total] == 1)
    }

    @Test(
        "a failed required call makes the answer an error, and no other call does",
        arguments: [
            ("a", 200), ("b", 502),
        ])
    func required(_ failing: String, _ status: Int) throws {
        let worker = try TestWorker(
            "routes: [{ path: /, fan_out: [{ name: a, url: 'http://127.0.0.1:1/a' }, "
                + "{ name: b, url: 'http://127.0.0.1:1/b', required: true }] }]")
        let client = worker.send("GET", "/")
        for (place, target) in worker.engine.targets.enumerated() {
            worker.engine.end(
                place, target == "/" + failing ? .failure(.connect) : .response(status: 200, body: [0x31], fields: nil))
        }
        #expect(client.status == status)
    }

    @Test("a status that the call does not expect, and a body that is not what it accepts, are its failures")
    func judged() throws {
        let worker = try TestWorker(Self.page)
        let client = worker.send("GET", "/")
        worker.engine.answer(0, "0", status: 404)
        worker.engine.answer(1, "{")
        worker.engine.answer(2, "2", status: 201)
        worker.engine.end(3, .failure(.timeout))
        worker.engine.answer(4, "")
        #expect(client.body.contains("\"c2\":2,") && client.body.contains("\"c4\":null"))
        for failure in [Failure.status, .invalidJSON, .timeout] { #expect(worker.traffic.failures[failure] == 1) }
    }

    @Test("with a quorum the answer leaves when enough calls have succeeded, and the others are cancelled")
    func quorum() throws {
        let worker = try TestWorker("routes: [{ path: /, quorum: 2, fan_out: [\(Self.five)] }]")
        let client = worker.send("GET", "/")
        worker.engine.answer(3, "3")
        worker.engine.end(0, .failure(.connect))
        #expect(client.answers.isEmpty)
        worker.engine.answer(4, "4")
        #expect(client.status == 200 && worker.engine.cancelled == [1, 2])
    }

    private static let chain = """
        routes:
          - path: /
            timeout: 2s
            fan_out:
              - { name: user, url: "http://127.0.0.1:1/user" }
              - { name: cart, url: "http://127.0.0.1:1/carts/{user.body.id}", timeout: 500ms }
              - { name: rest, url: "http://127.0.0.1:1/rest" }
        """

    @Test("a call that waits for another begins with its answer, and gets the value from it")
    func chained() throws {
        let worker = try TestWorker(Self.chain)
        let client = worker.send("GET", "/")
        #expect(worker.engine.targets == ["/user", "/rest"])
        worker.engine.answer(1, "1")
        worker.engine.answer(0, #"{"id":7}"#)
        #expect(worker.engine.targets == ["/user", "/rest", "/carts/7"])
        #expect(worker.engine.calls[2].order.timeout == .milliseconds(500))
        worker.engine.answer(2, "[]")
        #expect(client.body == #"{"user":{"id":7},"cart":[],"rest":1}"#)
    }

    @Test(
        "a call that waits in vain is not made, whether the other failed or its answer has no such value",
        arguments: [
            "failure", "no value",
        ])
    func inVain(_ kind: String) throws {
        let worker = try TestWorker(Self.chain)
        let client = worker.send("GET", "/")
        worker.engine.answer(1, "1")
        if kind == "failure" { worker.engine.end(0, .failure(.reset)) } else { worker.engine.answer(0, "{}") }
        #expect(client.status == 200 && worker.engine.calls.count == 2)
        #expect(worker.traffic.failures[.dependency] == 1 && worker.traffic.calls[.total] == 3)
    }

    @Test("calls wait for each other in any graph: each is made once, after all that it looks at")
    func graphs() throws {
        var random = SplitMix64(seed: 18)
        for _ in 0..<60 {
            let count = Int.random(in: 2...8, using: &random)
            var inputs = [[Int]]()
            for index in 0..<count {
                inputs.append((0..<index).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
            }
            let calls = inputs.enumerated().map { index, inputs in
                let query = inputs.map { "&i=c\($0)-{c\($0).status}" }.joined()
                return "{ name: c\(index), url: 'http://127.0.0.1:1/c\(index)?x\(query)' }"
            }
            let worker = try TestWorker("routes: [{ path: /, fan_out: [\(calls.joined(separator: ", "))] }]")
            let client = worker.send("GET", "/")
            var ended = Set<Int>()
            while ended.count < count {
                let open = worker.engine.calls.indices.filter { !ended.contains($0) }
                let place = try #require(open.randomElement(using: &random))
                worker.engine.answer(place, "1")
                ended.insert(place)
            }
            #expect(client.status == 200 && worker.engine.calls.count == count)
            var seen = Set<Int>()
            for call in worker.engine.calls {
                #expect(inputs[call.order.index].allSatisfy(seen.contains))
                seen.insert(call.order.index)
            }
        }
    }

    @Test("a call tells its upstream how much time is left, by the time at which it begins")
    func deadline() throws {
        let worker = try TestWorker(
            """
            upstreams: { u: { servers: ["http://127.0.0.1:1"], deadline_header: X-Left } }
            routes:
              - path: /
                timeout: 2s
                fan_out: [{ name: a, upstream: u, path: /a, timeout: 300ms }, { name: b, upstream: u, path: /b }]
            """)
        _ = worker.send("GET", "/")
        #expect(worker.engine.calls[0].lines.contains("X-Left: 300\r\n"))
        #expect(worker.engine.calls[1].lines.contains("X-Left: 2000\r\n"))
    }

    @Test("a body that is too large for the loop is read beside it, and the answer comes later, whole")
    func heavy() async throws {
        let worker = try TestWorker(Self.page)
        let client = worker.send("GET", "/")
        let large = "\"" + String(repeating: "x", count: 100_000) + "\""
        for index in 0..<5 { worker.engine.answer(index, large) }
        #expect(client.answers.isEmpty)
        while client.answers.isEmpty { await Task.yield() }
        #expect(client.status == 200 && client.body.utf8.count > 500_000)
    }

    @Test("an answer in pieces has its head out before any call has ended, and ends with the last")
    func streamed() throws {
        let worker = try TestWorker("routes: [{ path: /, merge: stream, fan_out: [\(Self.five)] }]")
        let client = worker.send("GET", "/")
        #expect(client.streams.map(\.status) == [200] && worker.traffic.requests[.inFlight] == 1)
        for index in 0..<5 { worker.engine.answer(index, "1") }
        #expect(client.answers.isEmpty && worker.byClass == [0, 1, 0, 0, 0])
    }

    @Test("a slow or failed request is kept for those who ask why, and a good one is not")
    func recorded() throws {
        let worker = try TestWorker(Self.page)
        for (id, result) in [
            ("good", TransferResult.response(status: 200, body: [0x31], fields: nil)),
            ("bad", .failure(.connect)),
        ] {
            let first = worker.engine.calls.count
            _ = worker.send("GET", "/", ("X-Request-Id", id))
            for index in first..<first + 5 { worker.engine.end(index, result) }
        }
        #expect(worker.board.reader.record(ofRequest: "good") == nil)
        #expect(worker.board.reader.record(ofRequest: "bad")?.contains("\"error\":\"connect\"") == true)
    }
}
