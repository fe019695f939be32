import TestSupport
import Testing

@testable import Scoreboard

@Suite("Metrics")
struct MetricsTests {
    private func busy() throws -> Exposition {
        try Exposition(MetricsReport(try TestBoard.busy(), now: .seconds(100), usage: TestBoard.usage).text)
    }

    @Test("The text is what a scraper reads: each family once, named by the rules, no sample twice")
    func grammar() throws {
        let metrics = try busy()
        #expect(metrics.families.count > 35)
        for (name, family) in metrics.families {
            #expect(name.hasPrefix("gateway_"))
            #expect(!name.contains("_ms") && !name.contains("milliseconds"), "\(name) is in base units")
            if family.kind == "histogram" { #expect(name.hasSuffix("_seconds")) }
        }
        let board = try TestBoard(slots: 4)
        let fresh = MetricsReport(board.scoreboard.reader.snapshot(), now: .seconds(1), usage: { _ in nil }).text
        #expect(try Exposition(fresh).value("gateway_workers_ready") == 0)
    }

    @Test("Values are what was counted, and what needs a process is there only with one")
    func values() throws {
        let metrics = try busy()
        #expect(metrics.value("gateway_build_info", ["version": "1.2.3"]) == 1)
        #expect(metrics.value("gateway_uptime_seconds") == 99.5)
        #expect(metrics.value("gateway_state", ["state": "running"]) == 1)
        #expect(metrics.value("gateway_state", ["state": "degraded"]) == 0)
        #expect(metrics.value("gateway_workers_wanted") == 2 && metrics.value("gateway_workers_ready") == 1)
        #expect(metrics.value("gateway_config_load_timestamp_seconds") == 1_772_323_199.042)
        #expect(metrics.value("gateway_config_last_reload_successful") == 1)
        let first = ["worker": "0"]
        #expect(metrics.value("gateway_requests_total", ["worker": "0", "class": "2xx"]) == 1)
        #expect(metrics.value("gateway_requests_total", ["worker": "2", "class": "2xx"]) == 0)
        #expect(metrics.value("gateway_requests_started_total", ["worker": "2"]) == 1)
        #expect(metrics.value("gateway_calls_failed_total", ["worker": "0", "reason": "too_large"]) == 1)
        #expect(metrics.value("gateway_worker_state", ["worker": "2", "state": "dead"]) == 1)
        #expect(metrics.value("gateway_worker_heartbeat_age_seconds", first) == 0.25)
        #expect(metrics.value("gateway_worker_resident_memory_bytes", first) == 4_096)
        #expect(metrics.value("gateway_worker_cpu_seconds_total", first) == 1.25)
        #expect(metrics.value("gateway_worker_cpu_seconds_total", ["worker": "2"]) == nil)
        #expect(metrics.value("gateway_request_duration_seconds", first, suffix: "_sum") == 0.012345)
        #expect(metrics.value("gateway_loop_lag_seconds", first, suffix: "_count") == 1)
        let page = ["route": "/page/{id}"]
        #expect(metrics.value("gateway_route_requests_total", page.merging(["class": "2xx"]) { $1 }) == 1)
        #expect(metrics.value("gateway_route_request_duration_seconds", page, suffix: "_sum") == 0.012345)
        let users = ["upstream": "users"]
        #expect(metrics.value("gateway_upstream_calls_total", users) == 1)
        let failed = ["upstream": "users", "reason": "too_large"]
        #expect(metrics.value("gateway_upstream_calls_failed_total", failed) == 1)
        #expect(metrics.value("gateway_upstream_circuit_state", ["upstream": "users", "state": "closed"]) == 1)
    }

    @Test("Of the states of one thing exactly one is 1")
    func oneHot() throws {
        for (name, family) in try busy().families where name.hasSuffix("_state") {
            var ones: [[String: String]: Double] = [:]
            for sample in family.samples {
                ones[sample.labels.filter { $0.key != "state" }, default: 0] += sample.value
            }
            #expect(ones.values.allSatisfy { $0 == 1 }, "\(name)")
        }
    }

    @Test("A label's value comes back as it was, quotes, backslashes and newlines included")
    func escaping() throws {
        #expect(MetricLabels.none.with("a", "b\"\\\n").with("c", "ü").text == #"a="b\"\\\n",c="ü""#)
        #expect(try busy().value("gateway_upstream_calls_total", ["upstream": "or\"der\\s\n"]) == 0)
    }

    @Test("Buckets never go down, the last holds all, and each is right to a thirty-second of its bound")
    func buckets() throws {
        var random = SeededGenerator(seed: 5)
        for size in [0, 1, 10, 2_000] {
            let values = (0..<size).map { _ in random.microseconds() }
            var histogram = HistogramSnapshot.empty
            for value in values { histogram.record(microseconds: value) }
            var writer = MetricsWriter()
            writer.family("t_seconds", .histogram, "A test.")
            writer.histogram(.none, histogram)
            let metrics = try Exposition(writer.text)
            var last = 0.0
            for bound in MetricsWriter.bounds {
                let label = "\(MetricsWriter.seconds(bound))"
                let count = try #require(metrics.value("t_seconds", ["le": label], suffix: "_bucket"))
                #expect(count >= last)
                #expect(count <= Double(values.count { $0 <= bound }))
                #expect(count >= Double(values.count { $0 < bound - bound / 32 }))
                last = count
            }
            #expect(metrics.value("t_seconds", ["le": "+Inf"], suffix: "_bucket") == Double(size))
            #expect(metrics.value("t_seconds", suffix: "_count") == Double(size))
            #expect(metrics.value("t_seconds", suffix: "_sum") == MetricsWriter.seconds(values.reduce(0, +)))
        }
    }

    @Test("A call that took longer than a bound is not counted below it, however little longer")
    func justAbove() throws {
        for bound in MetricsWriter.bounds {
            var histogram = HistogramSnapshot.empty
            histogram.record(microseconds: bound + 1)
            var writer = MetricsWriter()
            writer.family("t_seconds", .histogram, "A test.")
            writer.histogram(.none, histogram)
            let label = "\(MetricsWriter.seconds(bound))"
            #expect(try Exposition(writer.text).value("t_seconds", ["le": label], suffix: "_bucket") == 0)
        }
    }
}
