import Base
import Loop
import Policy
import Processes
import Scoreboard
import Testing

@testable import Worker

@LoopActor struct AdmissionTests {
    private static let routes = """
        routes:
          - path: /
            fan_out:
              - { name: must, url: "http://127.0.0.1:1/must", required: true }
              - { name: may, url: "http://127.0.0.1:1/may" }
          - { path: /all, fan_out: [{ name: may, url: "http://127.0.0.1:1/may" }] }
        """
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func limit(most: Int) -> AdaptiveLimit {
        AdaptiveLimit(routes: 2, most: most, LocalCells(), at: Self.start)
    }

    @Test("where nothing adapts and the engine has room, every page is made whole")
    func whole() throws {
        let worker = try TestWorker(Self.routes)
        let admission = Admission(worker.engine, nil, workers: { _ in 1 })
        for _ in 0..<1_000 {
            #expect(admission.decide(on: try worker.fanOut(), at: Self.start) == .whole)
            admission.begin()
        }
    }

    @Test("a page whose required call cannot begin is refused, and one that can do without is made")
    func closed() throws {
        let worker = try TestWorker(Self.routes)
        worker.engine.isClosed = true
        let refused = worker.send("GET", "/")
        #expect(refused.status == 503 && refused.body.contains("The call 'must', which the answer needs"))
        #expect(worker.engine.calls.isEmpty && worker.traffic.refusals[.refused] == 1)
        #expect(worker.send("GET", "/all").answers.isEmpty && worker.engine.targets == ["/may"])
    }

    @Test("with the engine nearly full, calls that the answer can do without are left out, where it needs others")
    func shed() throws {
        let worker = try TestWorker(Self.routes)
        worker.engine.isNearlyFull = true
        let client = worker.send("GET", "/")
        #expect(worker.engine.targets == ["/must"])
        worker.engine.answer(0, "1")
        #expect(client.status == 200 && client.body == #"{"must":1}"#, "\(client.body)")
        #expect(worker.traffic.failures[.shed] == 1)
        _ = worker.send("GET", "/all")
        #expect(worker.engine.targets == ["/must", "/may"])
    }

    @Test("the adaptive limit refuses what is beyond it, sheds from nine tenths on, and lets in again what has left")
    func adaptive() throws {
        let worker = try TestWorker(Self.routes)
        let service = try worker.fanOut()
        let admission = Admission(worker.engine, limit(most: 20), workers: { _ in 1 })
        var decisions: [Admission.Decision] = []
        for _ in 0..<21 {
            let decision = admission.decide(on: service, at: Self.start)
            decisions.append(decision)
            if case .refused = decision { continue }
            admission.begin()
        }
        #expect(decisions.prefix(18).allSatisfy { $0 == .whole } && decisions[18] == .required)
        #expect(decisions[20] == .refused("The gateway has as many requests as it can answer in time."))
        admission.end(route: 0, latency: .milliseconds(1), at: Self.start)
        #expect(admission.decide(on: service, at: Self.start) == .required)
    }

    @Test("the workers that share the limit are counted ten times a second, by the time that is passed in")
    func counting() throws {
        let worker = try TestWorker(Self.routes)
        var asked: [MonotonicTime] = []
        let admission = Admission(worker.engine, limit(most: 20)) { now in
            asked.append(now)
            return 1
        }
        for milliseconds in stride(from: 0, to: 1_000, by: 10) {
            _ = admission.decide(on: try worker.fanOut(), at: Self.start + .milliseconds(milliseconds))
        }
        #expect(asked.count == 10 && asked.first == Self.start)
    }
}
