import Foundation
import Testing

@testable import Scoreboard

@Suite("What the dashboard is told")
struct LiveReportTests {
    private func object(_ report: LiveReport) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    }

    @Test("A report is of the time since the last one, with all of /stats, and of what is in flight for long")
    func window() throws {
        let board = try TestBoard(slots: 2)
        board.start(1, pid: 10)
        let worker = try board.scoreboard.worker(1)
        let records = try board.scoreboard.inFlight(1)
        for _ in 1...9 { worker.requestFinished(status: 200, latency: .milliseconds(100)) }
        _ = records.begin(route: 0, requestID: "old", at: .seconds(7))
        _ = records.begin(route: 5, requestID: "older", at: .seconds(5))
        _ = records.begin(route: 0, requestID: "new", at: .seconds(10))
        let reader = board.scoreboard.reader
        let first = LiveReport(reader, since: nil, at: .seconds(10)) { $0 == 1 ? ["/page"] : [] }
        worker.requestFinished(status: 200, latency: .milliseconds(2))
        let second = LiveReport(reader, since: first.look, at: .seconds(11)) { _ in [] }

        let old = try object(first)
        let slow = try #require(old["in_flight"] as? [[String: Any]])
        #expect(slow.map { $0["request_id"] as? String } == ["older", "old"])
        #expect(slow[0]["route"] is NSNull && slow[1]["route"] as? String == "/page")
        #expect(slow[0]["ms"] as? Double == 5_000 && slow[0]["worker"] as? Int == 1)
        let window = try #require(try object(second)["window"] as? [String: Any])
        #expect(window["seconds"] as? Double == 1)
        let latency = try #require(window["latency_ms"] as? [String: Double])
        #expect(try #require(latency["p99"]) < 2.1)
        let stats = try #require(try object(second)["stats"] as? [String: Any])
        #expect(stats["totals"] != nil && stats["upstreams"] != nil)
        #expect(!second.json.contains("\n"), "an event is one line")
    }
}
