import Foundation
import Glibc
import Testing

extension RunningPrograms {
    /// `/metrics` of a real gateway.
    @Suite(.serialized, .seat) struct MetricsTests {
        /// Samples by name and labels, as the text has them.
        private static func samples(_ gateway: Gateway) async throws -> [String: Double] {
            let lines = try await gateway.admin("/metrics").body.split(separator: "\n").filter { !$0.hasPrefix("#") }
            return Dictionary(
                lines.compactMap { line in
                    guard let space = line.lastIndex(of: " "), let value = Double(line[space...].dropFirst()) else {
                        return nil
                    }
                    return (String(line[..<space]), value)
                }, uniquingKeysWith: { first, _ in first })
        }

        /// A gateway that has answered pages of which some failed.
        private static func start(workers: Int = 2) async throws -> (TestUpstream, Gateway) {
            let upstream = try await TestUpstream.start()
            upstream.on("/good", .json("1"))
            upstream.on("/bad", .status(503, "{}"))
            let gateway = try await Gateway.start(
                """
                upstreams: { users: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /page, fan_out: [{ name: a, upstream: users, path: /good }] }
                  - { path: /broken, fan_out: [{ name: a, upstream: users, path: /bad, required: true }] }
                """, workers: workers)
            for _ in 1...20 { #expect(try await gateway.get("/page").status == 200) }
            for _ in 1...3 { #expect(try await gateway.get("/broken").status == 502) }
            return (upstream, gateway)
        }

        @Test("metrics and statistics say the same")
        func agree() async throws {
            let (upstream, gateway) = try await Self.start()
            try await waitUntil("all was counted") { try await gateway.stats().totals.connections.active == 0 }
            let stats = try await gateway.stats()
            let samples = try await Self.samples(gateway)
            #expect(samples["gateway_workers_ready"] == 2 && samples["gateway_state{state=\"running\"}"] == 1)
            for worker in stats.workers {
                let label = "worker=\"\(worker.id)\""
                #expect(samples["gateway_requests_started_total{\(label)}"] == Double(worker.requests.total))
                #expect(samples["gateway_calls_total{\(label)}"] == Double(worker.calls.total))
                #expect(
                    samples["gateway_connections_accepted_total{\(label)}"]
                        == Double(worker.connections.accepted_total))
                for (name, count) in worker.requests.by_class {
                    #expect(samples["gateway_requests_total{\(label),class=\"\(name)\"}"] == Double(count))
                }
                let answered = worker.requests.by_class.values.reduce(0, +)
                #expect(samples["gateway_request_duration_seconds_count{\(label)}"] == Double(answered))
                #expect(samples["gateway_worker_resident_memory_bytes{\(label)}"] ?? 0 > 1_000_000)
            }
            let page = try #require(stats.routes?["/page"])
            let broken = try #require(stats.routes?["/broken"])
            #expect(page.requests_total == 20 && page.by_class["2xx"] == 20 && broken.by_class["5xx"] == 3)
            #expect(page.latency_ms.mean > 0 && page.latency_ms.mean <= page.latency_ms.max)
            #expect(samples["gateway_route_requests_total{route=\"/page\",class=\"2xx\"}"] == 20)
            #expect(samples["gateway_route_request_duration_seconds_count{route=\"/broken\"}"] == 3)
            let users = try #require(stats.upstreams["users"])
            let label = "upstream=\"users\""
            #expect(samples["gateway_upstream_calls_total{\(label)}"] == Double(users.calls_total))
            let failed = try #require(users.failed["status"])
            #expect(samples["gateway_upstream_calls_failed_total{\(label),reason=\"status\"}"] == Double(failed))
            #expect(samples["gateway_upstream_retries_total{\(label)}"] == users.retries_total.map(Double.init))
            #expect(samples["gateway_upstream_server_state{\(label),server=\"\(upstream.url)\",state=\"up\"}"] == 1)
        }

        @Test("counters and buckets go back neither when a worker dies nor when its next one serves")
        func monotone() async throws {
            let (upstream, gateway) = try await Self.start(workers: 1)
            try await waitUntil("all was counted") { try await gateway.stats().totals.connections.active == 0 }
            let before = try await Self.samples(gateway)
            let worker = try #require(try await gateway.stats().workers.first)
            gateway.signal(SIGKILL, to: worker.pid)
            try await waitUntil("another one served") {
                let next = try await gateway.stats().workers.first
                return next?.pid != worker.pid && next?.state == "ready"
            }
            let after = try await Self.samples(gateway)
            // A process' time on a CPU begins with the process.
            let counters = before.filter { name, _ in
                (name.contains("_total") || name.contains("_bucket")) && !name.contains("_cpu_")
            }
            #expect(counters.count > 50)
            for (name, value) in counters { #expect(after[name] ?? -1 >= value, "\(name)") }
            #expect(after["gateway_worker_restarts_total{worker=\"0\"}"] == 1 && after["gateway_restarts_total"] == 1)
            withExtendedLifetime(upstream) {}
        }

        @Test("GET and HEAD are answered as the text format's version 0.0.4, other methods with 405")
        func methods() async throws {
            let (upstream, gateway) = try await Self.start(workers: 1)
            let reply = try await gateway.admin("/metrics")
            #expect(reply.status == 200)
            #expect(reply.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(reply.header("Cache-Control") == "no-store")
            let client = try await RawClient.connect(port: gateway.adminPort)
            try await client.request("HEAD", "/metrics")
            let head = try await client.reply(hasBody: false)
            #expect(head.status == 200 && Int(head.header("Content-Length") ?? "") ?? 0 > 1_000)
            try await client.request("POST", "/metrics")
            let refused = try await client.reply()
            #expect(refused.status == 405 && refused.header("Allow") == "GET, HEAD")
            #expect(try await gateway.admin("/nothing").body.contains("/metrics"))
            withExtendedLifetime(upstream) {}
        }

        @Test("the delivered alerts ask only for what is told")
        func alerts() async throws {
            let (upstream, gateway) = try await Self.start(workers: 1)
            let names = try await Set(Self.samples(gateway).keys.map { $0.prefix { $0 != "{" } })
            let wanted = try Repository.text("deploy/prometheus/gatewayd.rules.yml").split(separator: "\n")
                .filter { $0.contains("_") && !$0.contains("description") && !$0.contains("#") }
                .flatMap { $0.split { !$0.isLowercase && $0 != "_" } }.filter { $0.hasPrefix("gateway_") }
            #expect(wanted.count >= 7)
            for name in wanted { #expect(names.contains(name), "\(name)") }
            withExtendedLifetime(upstream) {}
        }
    }
}
