import Foundation
import Testing

extension RunningPrograms {
    /// deploy/grafana/gatewayd.json, by what a real Prometheus answers to it.
    @Suite(.serialized, .seat) struct GrafanaTests {
        @Test("panels have a place, a name and a remark of their own, and take the data source that is chosen")
        func layout() throws {
            let dashboard = try GrafanaDashboard.delivered()
            #expect(dashboard.uid == "gatewayd" && dashboard.panels.count > 20)
            #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
            #expect(Set(dashboard.panels.map(\.title)).count == dashboard.panels.count)
            var taken: Set<[Int]> = []
            for panel in dashboard.panels {
                let place = panel.gridPos
                #expect(place.x >= 0 && place.x + place.w <= 24, "\(panel.title)")
                for x in place.x..<place.x + place.w {
                    for y in place.y..<place.y + place.h {
                        #expect(taken.insert([x, y]).inserted, "\(panel.title) lies on another one")
                    }
                }
                guard panel.type != "row" else { continue }
                #expect(panel.description?.isEmpty == false && panel.targets?.isEmpty == false, "\(panel.title)")
                #expect(panel.targets?.allSatisfy { $0.datasource.uid == "${datasource}" } == true, "\(panel.title)")
            }
            // Where a panel or the guide names an alert, there is one.
            let alerts = try Repository.text("deploy/prometheus/gatewayd.rules.yml")
            for name in dashboard.panels.flatMap({ ($0.description ?? "").matches(of: #/Gateway[A-Z]\w+/#) }) {
                #expect(alerts.contains("- alert: \(name.0)\n"))
            }
        }

        /// One with all that there can be in `/metrics`: routes, upstreams, servers, an adaptive limit.
        private func start() async throws -> (TestUpstream, Gateway) {
            let upstream = try await TestUpstream.start()
            upstream.on("/good", .json("1"))
            upstream.on("/bad", .status(503, "{}"))
            let gateway = try await Gateway.start(
                """
                limits: { adaptive: true }
                upstreams: { users: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page
                    fan_out: [{ name: a, upstream: users, path: /good }, { name: b, upstream: users, path: /bad }]
                  - { path: /whole, fan_out: [{ name: a, upstream: users, path: /good }] }
                """, workers: 2)
            // The limit is told from when a worker has first moved it, which takes some requests without a failure.
            try await waitUntil("there was a limit") {
                #expect(try await gateway.get("/whole").status == 200)
                return try await gateway.admin("/metrics").body.contains("\ngateway_requests_adaptive_limit ")
            }
            return (upstream, gateway)
        }

        @Test("every panel has something to draw, with the labels of its legend", .tags(.slow))
        func panels() async throws {
            let (upstream, gateway) = try await start()
            let prometheus = try await Prometheus.start(scraping: gateway)
            #expect(try await gateway.get("/page").status == 200)
            let dashboard = try GrafanaDashboard.delivered()
            #expect(dashboard.queries.count > 30)
            for query in dashboard.queries {
                let expression = GrafanaDashboard.filledIn(query.expression)
                #expect(!expression.contains("$"), "\(query.title) has a variable that nobody fills in")
                var series: [Prometheus.Series] = []
                // The failed call shows with the next scrape.
                try await waitUntil("there was a result of \(query.title): \(expression)") {
                    series = try await prometheus.query(expression)
                    return !series.isEmpty
                }
                for label in query.legend {
                    #expect(series.allSatisfy { $0.metric[label] != nil }, "\(query.title) has no \(label)")
                }
            }
            for annotation in dashboard.annotations.list {
                #expect(try await !prometheus.query(GrafanaDashboard.filledIn(annotation.expr)).isEmpty)
            }
            withExtendedLifetime(upstream) {}
        }

        @Test("every metric and label that is asked for is told")
        func names() async throws {
            let (upstream, gateway) = try await start()
            // Of each metric its labels, and those that a scrape adds.
            var told: [String: Set<String>] = [:]
            for line in try await gateway.admin("/metrics").body.split(separator: "\n") where !line.hasPrefix("#") {
                let labels = line.matches(of: #/[{,](\w+)="/#).map { String($0.1) }
                told[String(line.prefix { $0 != "{" && $0 != " " }), default: ["job", "instance"]].formUnion(labels)
            }
            let dashboard = try GrafanaDashboard.delivered()
            let definitions = dashboard.templating.list.compactMap(\.definition)
            #expect(definitions.count == 4)
            let expressions = dashboard.queries.map(\.expression) + dashboard.annotations.list.map(\.expr)
            for expression in expressions + definitions {
                let metrics = expression.matches(of: #/gateway_\w+/#).map { String($0.0) }
                #expect(!metrics.isEmpty)
                for metric in metrics { #expect(told[metric] != nil, "nobody tells \(metric)") }
                for (metric, label) in GrafanaDashboard.labels(in: expression) {
                    #expect(told[metric]?.contains(label) == true, "\(metric) has no label \(label)")
                }
            }
            for definition in definitions {
                let match = try #require(definition.firstMatch(of: #/^label_values\((gateway_\w+).*, (\w+)\)$/#))
                #expect(told[String(match.1)]?.contains(String(match.2)) == true, "\(definition)")
            }
            withExtendedLifetime(upstream) {}
        }
    }
}
