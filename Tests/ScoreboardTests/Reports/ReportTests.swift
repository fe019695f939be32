import Foundation
import Policy
import Testing

@testable import Scoreboard

@Suite("Reports")
struct ReportTests {
    private typealias Object = [String: Any]

    @Test("/stats has every key of the contract's schema with the kind of value it promises")
    func schema() throws {
        let stats = try parse(StatsReport(try TestBoard.busy(), now: .seconds(100), usage: TestBoard.usage).json)
        try expect(
            stats, "supervisor",
            numbers: ["pid", "uptime_seconds", "generation", "workers_wanted", "workers_ready", "restarts_total"],
            texts: ["version", "state"])
        try expect(object(stats, "supervisor"), "config", numbers: [], texts: ["path", "sha256", "loaded_at"])
        let processNumbers = ["pid", "generation", "uptime_seconds", "restarts", "rss_bytes", "cpu_seconds"]
        try expect(stats, "admin", numbers: processNumbers, texts: ["state"])
        let workers = try #require(stats["workers"] as? [Object])
        #expect(workers.compactMap { $0["id"] as? Int } == [0, 2])
        for worker in workers {
            try expect(
                ["worker": worker], "worker", numbers: processNumbers + ["id", "heartbeat_age_ms"], texts: ["state"])
            #expect(worker.keys.contains("last_exit"))
            try expectTraffic(worker)
            try expect(worker, "loop_lag_ms", numbers: ["p50", "p99", "max"], texts: [])
        }
        try expectTraffic(object(stats, "totals"))
        let upstreams = try object(stats, "upstreams")
        #expect(Set(upstreams.keys) == ["users", "or\"der\\s\n"])
        for name in upstreams.keys {
            try expect(upstreams, name, numbers: ["calls_total", "in_flight"], texts: [])
            try expect(object(upstreams, name), "latency_ms", numbers: ["p50", "p90", "p99", "max"], texts: [])
            _ = try object(object(upstreams, name), "failed")
        }
    }

    @Test("/stats says what was counted")
    func values() throws {
        let stats = try parse(StatsReport(try TestBoard.busy(), now: .seconds(100), usage: TestBoard.usage).json)
        let supervisor = try object(stats, "supervisor")
        #expect(supervisor["state"] as? String == "running" && supervisor["uptime_seconds"] as? Double == 99.5)
        #expect(supervisor["workers_ready"] as? Int == 1 && supervisor["workers_wanted"] as? Int == 2)
        #expect(try object(supervisor, "config")["loaded_at"] as? String == "2026-02-28T23:59:59.042Z")
        let workers = try #require(stats["workers"] as? [Object])
        #expect(workers[0]["state"] as? String == "ready" && workers[0]["last_exit"] is NSNull)
        #expect(workers[0]["uptime_seconds"] as? Double == 90 && workers[0]["heartbeat_age_ms"] as? Double == 250)
        #expect(workers[0]["rss_bytes"] as? Int == 4_096 && workers[0]["cpu_seconds"] as? Double == 1.25)
        #expect(try object(workers[0], "latency_ms")["max"] as? Double == 12.345)
        #expect(try object(workers[0], "loop_lag_ms")["max"] as? Double == 0.007)
        #expect(workers[1]["state"] as? String == "dead" && workers[1]["uptime_seconds"] as? Double == 0)
        #expect(workers[1]["pid"] as? Int == 0 && workers[1]["rss_bytes"] as? Int == 0)
        let exit = try object(workers[1], "last_exit")
        #expect(exit["reason"] as? String == "signal SIGKILL" && exit["in_flight"] as? Int == 1)
        #expect(exit["at"] as? String == "1970-01-01T00:00:05.000Z")
        let totals = try object(stats, "totals")
        #expect(try object(totals, "requests")["total"] as? Int == 2)
        let classes = try object(object(totals, "requests"), "by_class") as? [String: Int]
        #expect(classes == ["1xx": 0, "2xx": 1, "3xx": 0, "4xx": 0, "5xx": 0])
        #expect(try object(object(totals, "calls"), "failed") as? [String: Int] == ["too_large": 1])
        let users = try object(object(stats, "upstreams"), "users")
        #expect(try object(users, "failed") as? [String: Int] == ["too_large": 1])
        #expect(users["calls_total"] as? Int == 1)
    }

    @Test("The limit that the workers have found is shown, and forgotten where they look for none")
    func adaptiveLimit() throws {
        let board = try TestBoard(slots: 1).scoreboard
        func reports() throws -> (stats: Any?, metrics: Double?) {
            let snapshot = board.reader.snapshot()
            let totals = try object(parse(StatsReport(snapshot, now: .seconds(1)).json), "totals")
            let metrics = try Exposition(MetricsReport(snapshot, now: .seconds(1)).text)
            return (totals["adaptive_limit"], metrics.value("gateway_requests_adaptive_limit"))
        }
        var limit = AdaptiveLimit(routes: 1, most: 1_000, board.adaptiveLimit, at: .seconds(1))
        #expect(try reports().stats is NSNull && reports().metrics == nil)
        for _ in 0..<20 { limit.record(route: 0, latency: .milliseconds(1), at: .seconds(2)) }
        #expect(try reports().stats as? Int == 64 && reports().metrics == 64)
        board.supervisor.forgetAdaptiveLimit()
        #expect(try reports().stats is NSNull)
    }

    @Test("Before anything was started /stats is whole already")
    func fresh() throws {
        let board = try TestBoard(slots: 4)
        let stats = try parse(
            StatsReport(board.scoreboard.reader.snapshot(), now: .seconds(1), usage: { _ in nil }).json)
        #expect((stats["workers"] as? [Object])?.isEmpty == true)
        #expect(try object(stats, "upstreams").isEmpty)
        #expect(try object(stats, "admin")["state"] as? String == "dead")
        try expectTraffic(object(stats, "totals"))
    }

    @Test("Equal input gives equal text, and its members come in the contract's order")
    func deterministic() throws {
        let snapshot = try TestBoard.busy()
        let text = StatsReport(snapshot, now: .seconds(100), usage: TestBoard.usage).json
        #expect(text == StatsReport(snapshot, now: .seconds(100), usage: TestBoard.usage).json)
        let places = ["\"supervisor\"", "\"workers\"", "\"totals\"", "\"upstreams\""].map { text.range(of: $0) }
        let starts = places.compactMap { $0?.lowerBound }
        #expect(starts.count == 4 && starts == starts.sorted())
    }

    @Test("The status has the daemon and a row for each process, from counters alone")
    func status() throws {
        let status = try parse(
            StatusReport(try TestBoard.busy(.counters), now: .seconds(100), usage: TestBoard.usage).json)
        #expect(try object(status, "supervisor")["workers_ready"] as? Int == 1)
        #expect(try object(status, "admin")["state"] as? String == "ready")
        let workers = try #require(status["workers"] as? [Object])
        #expect(workers.count == 2)
        for worker in workers {
            try expect(
                ["worker": worker], "worker",
                numbers: ["id", "pid", "generation", "uptime_seconds", "restarts", "rss_bytes", "cpu_seconds"],
                texts: ["state"])
            try expect(worker, "connections", numbers: ["active"], texts: [])
            try expect(worker, "requests", numbers: ["total", "in_flight"], texts: [])
        }
        #expect(try object(workers[1], "last_exit")["reason"] as? String == "signal SIGKILL")
    }

    private func parse(_ text: String) throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    private func object(_ parent: Object, _ key: String) throws -> Object {
        try #require(parent[key] as? Object, "\(key) is an object")
    }

    private func expect(_ parent: Object, _ key: String, numbers: [String], texts: [String]) throws {
        let object = try object(parent, key)
        for number in numbers { #expect(object[number] is NSNumber, "\(key).\(number) is a number") }
        for text in texts { #expect(object[text] is String, "\(key).\(text) is a string") }
    }

    private func expectTraffic(_ parent: Object) throws {
        try expect(parent, "connections", numbers: ["active", "accepted_total"], texts: [])
        try expect(parent, "requests", numbers: ["total", "in_flight", "rate_limited", "refused"], texts: [])
        try expect(
            object(parent, "requests"), "by_class", numbers: ["1xx", "2xx", "3xx", "4xx", "5xx"], texts: [])
        try expect(parent, "calls", numbers: ["total", "in_flight"], texts: [])
        _ = try object(object(parent, "calls"), "failed")
        try expect(parent, "latency_ms", numbers: ["p50", "p90", "p99", "max"], texts: [])
    }
}
