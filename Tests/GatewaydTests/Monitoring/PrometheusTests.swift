import Foundation
import Testing

extension RunningPrograms {
    /// A gateway, the delivered alerts, and the Prometheus that reads both.
    @Suite(.serialized, .seat) struct PrometheusTests {
        private static let rules = "deploy/prometheus/gatewayd.rules.yml"

        private func check(_ arguments: String) async throws {
            let result = try await Program.run("/bin/sh", "-c", "\(Prometheus.tool) \(arguments)")
            #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.output) \(result.errors)")
        }

        @Test(
            "Prometheus scrapes a gateway, answers what it counted, and raises an alert of a failed reload",
            .tags(.slow))
        func scrapes() async throws {
            let gateway = try await Gateway.start(
                "routes: [{ path: /hello, respond: { body: hello } }]", workers: 2)
            for _ in 1...7 { #expect(try await gateway.get("/hello").status == 200) }
            let prometheus = try await Prometheus.start(scraping: gateway)
            try await waitUntil("seven requests were told") {
                try await prometheus.query("sum by (route) (gateway_route_requests_total{class=\"2xx\"})")
                    .contains { $0.metric == ["route": "/hello"] && $0.number == 7 }
            }
            #expect(try await prometheus.query("gateway_workers_ready").map(\.number) == [2])
            #expect(try await prometheus.query("up{job=\"gatewayd\"}").map(\.number) == [1])
            let rules = try await prometheus.rules()
            #expect(rules.count > 5)
            for rule in rules { #expect(rule.health == "ok", "\(rule.name): \(rule.lastError ?? "")") }
            #expect(rules.allSatisfy { $0.state == "inactive" })

            try gateway.rewrite("routes: [{ path: /hello, respnod: { body: hello } }]", workers: "2")
            #expect(try await gateway.control("reload").exitCode != 0)
            try await waitUntil("the alert fired") {
                try await prometheus.rules().contains { $0.name == "GatewayReloadFailed" && $0.state == "firing" }
            }
        }

        @Test("promtool has nothing to say against the metrics")
        func metrics() async throws {
            let gateway = try await Gateway.start(
                "routes: [{ path: /hello, respond: { body: hello } }]", workers: 2)
            #expect(try await gateway.get("/hello").status == 200)
            let folder = try TemporaryFolder()
            try await gateway.admin("/metrics").body
                .write(toFile: "\(folder.path)/metrics", atomically: true, encoding: .utf8)
            try await check("check metrics < \(folder.path)/metrics")
        }

        @Test("promtool has nothing to say against the alerts, and each is raised when it should be and not before")
        func alerts() async throws {
            try await check("check rules --lint-fatal \(Repository.path(Self.rules))")
            let cases = "Tests/Prometheus/alerts.test.yml"
            try await check("test rules \(Repository.path(cases))")
            let tested = try Set(Repository.text(cases).matches(of: #/alertname: (\w+)/#).map { String($0.1) })
            for name in try Repository.text(Self.rules).matches(of: #/- alert: (\w+)/#).map({ String($0.1) }) {
                #expect(tested.contains(name), "\(cases) has nothing about \(name)")
            }
        }
    }
}
