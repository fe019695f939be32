import Testing

@testable import gatewayctl

/// What `top` shows of two samples.
@Suite struct TopViewTests {
    private static func sample(
        workers: Int, upstreams: Int = 1, requests: Int, calls: Int, cpu: Double = 0, pid: Int = 10
    ) -> TopSample {
        let latency = TopSample.Latency(p50: 1.25, p99: 12.34)
        return TopSample(
            supervisor: .init(
                version: "0.1.0", state: "running", uptime_seconds: 61.5, workers_wanted: workers,
                workers_ready: workers, restarts_total: 2),
            workers: (0..<workers).map {
                .init(
                    id: $0, pid: pid + $0, state: "ready", uptime_seconds: 1, connections: .init(active: 7),
                    requests: .init(total: requests, in_flight: 3), latency_ms: latency,
                    loop_lag_ms: .init(p99: 0.5), rss_bytes: 20 << 20, cpu_seconds: cpu)
            },
            totals: .init(
                connections: .init(active: 7 * workers), requests: .init(total: requests * workers, in_flight: 3),
                latency_ms: latency),
            upstreams: Dictionary(
                uniqueKeysWithValues: (0..<upstreams).map {
                    (
                        "service\($0)",
                        TopSample.Upstream(
                            calls_total: calls, in_flight: 1, failed: ["timeout": calls / 10], latency_ms: latency)
                    )
                }))
    }

    private static func cells(_ line: String) -> [String] {
        line.split(separator: "  ").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
    }

    @Test("rates are what was counted between the two looks, by the second")
    func rates() {
        let view = TopView(
            before: Self.sample(workers: 1, requests: 100, calls: 1_000, cpu: 1),
            now: Self.sample(workers: 1, requests: 200, calls: 2_000, cpu: 1.5), seconds: 2)
        let lines = view.lines(rows: 40, columns: 200)
        #expect(lines[0] == "gatewayd 0.1.0  running  up 61s  1/1 workers ready  2 restarts")
        #expect(lines[1] == "50.0 req/s  3 in flight  7 connections  p50 1.3 ms  p99 12.3 ms")
        #expect(Self.cells(lines[4]) == ["0", "10", "ready", "7", "50.0", "3", "1.3", "12.3", "0.5", "25%", "20 MiB"])
        #expect(Self.cells(lines[7]) == ["service0", "500", "1", "50.0", "1.3", "12.3"])
        #expect(view.line == "running 1/1 workers, 50.0 req/s, 3 in flight, 7 connections, p99 12.3 ms")
    }

    @Test("the first look has no rates, and neither has a worker that is new, nor its processor time")
    func first() {
        let now = Self.sample(workers: 2, requests: 100, calls: 1)
        let lines = TopView(before: nil, now: now, seconds: 0).lines(rows: 40, columns: 200)
        #expect(lines[1].hasPrefix("- req/s") && Self.cells(lines[4])[4] == "-")
        let grown = TopView(before: Self.sample(workers: 1, requests: 50, calls: 1, pid: 99), now: now, seconds: 1)
            .lines(rows: 40, columns: 200)
        #expect(Self.cells(grown[4])[4] == "50.0" && Self.cells(grown[4])[9] == "-")
        #expect(Self.cells(grown[5])[4] == "-")
    }

    @Test("it never has more lines nor longer ones than the screen, and says what it leaves out")
    func size() {
        let now = Self.sample(workers: 64, upstreams: 20, requests: 1, calls: 1)
        let view = TopView(before: nil, now: now, seconds: 0)
        for rows in [0, 1, 2, 5, 24, 70, 91, 92, 200] {
            for columns in [0, 1, 10, 80, 300] {
                let lines = view.lines(rows: rows, columns: columns)
                #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns })
            }
        }
        #expect(view.lines(rows: 10, columns: 80).last == "… 81 more lines")
        #expect(view.lines(rows: 200, columns: 80).count == 3 + 65 + 1 + 21)
    }

    @Test("what is no number is shown as none, and what went back is no rate below zero")
    func odd() {
        var now = Self.sample(workers: 1, requests: 1, calls: 1)
        now.totals.latency_ms.p99 = .infinity
        let view = TopView(before: Self.sample(workers: 1, requests: 9, calls: 9), now: now, seconds: 1)
        #expect(view.lines(rows: 9, columns: 99)[1] == "0.0 req/s  3 in flight  7 connections  p50 1.3 ms  p99 - ms")
    }

    @Test("nothing that the daemon names can command the terminal")
    func harmless() {
        var now = Self.sample(workers: 1, requests: 1, calls: 1)
        now.upstreams = ["a\u{1B}[2J\u{7}\u{9B}ü": now.upstreams["service0"] ?? now.upstreams.values.first]
            .compactMapValues { $0 }
        let lines = TopView(before: nil, now: now, seconds: 0).lines(rows: 40, columns: 200)
        #expect(lines[7].hasPrefix("a?[2J??ü "))
    }
}
