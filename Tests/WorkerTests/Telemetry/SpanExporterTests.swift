import Base
import Configuration
import Loop
import Policy
import Processes
import Scoreboard
import Telemetry
import Testing

@testable import Upstream
@testable import Worker

@LoopActor struct SpanExporterTests {
    @LoopActor private final class Bench {
        let engine = FakeEngine()
        let exporter: SpanExporter
        private let worker: TestWorker

        init() throws {
            worker = try TestWorker("routes: [{ path: /, respond: { body: a } }]")
            let text = """
                tracing: { endpoint: "http://127.0.0.1:4318/v1/traces" }
                routes: [{ path: /, respond: { body: a } }]
                """
            let settings = try Configuration.load(text.utf8, path: "f", environment: [:]).configuration.tracing
            exporter = SpanExporter(
                try #require(settings), engine, try worker.board.worker(0), slot: 0)
        }

        var spans: Counts<SpanCounter> { worker.traffic.spans }
    }

    private static func span() -> Span {
        Span(SpanContext(.all, using: &random), name: "x", kind: .server, start: 1, end: 2)
    }
    private static var random = SplitMix64(seed: 1)

    @Test("a batch goes out once it has 512 spans, one at a time, and what is beyond room is dropped and counted")
    func batches() throws {
        let bench = try Bench()
        for _ in 0..<511 { bench.exporter.add(Self.span()) }
        #expect(bench.engine.calls.isEmpty)
        bench.exporter.add(Self.span())
        #expect(bench.engine.calls.count == 1)
        for _ in 0..<2_100 { bench.exporter.add(Self.span()) }
        #expect(bench.engine.calls.count == 1 && bench.spans[.dropped] == 52)
        bench.engine.answer(0, "")
        #expect(bench.spans[.exported] == 512 && bench.engine.calls.count == 2)
    }

    @Test("a batch that the collector does not take is sent three times at most, and not again where that is of no use")
    func attempts() throws {
        let bench = try Bench()
        for _ in 0..<512 { bench.exporter.add(Self.span()) }
        bench.engine.answer(0, "", status: 400)
        #expect(bench.spans[.dropped] == 512 && bench.engine.calls.count == 1)
        for _ in 0..<512 { bench.exporter.add(Self.span()) }
        var ended = false
        bench.exporter.finish { ended = true }
        bench.engine.end(1, .failure(.connect))
        #expect(ended && bench.spans[.dropped] == 1_024)
    }
}
