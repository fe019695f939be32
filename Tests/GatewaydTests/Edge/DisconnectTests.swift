import Foundation
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct DisconnectTests {
        @Test("a client that goes away takes its calls with it, seen at the upstream, and counts as 4xx")
        func cancelsCalls() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/never", .never)
            upstream.on("/fast", .json("1"))
            let calls = (1...5).map { "{ name: c\($0), upstream: all, path: /never }" }.joined(separator: ", ")
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /never, timeout: 60s, fan_out: [\(calls)] }
                  - { path: /fast, fan_out: [{ name: fast, upstream: all, path: /fast }] }
                """, accessLog: true)
            let client = try await gateway.connect()
            try await client.request("GET", "/never")
            try await waitUntil("all calls were made") { upstream.inFlight("/never") == 5 }
            #expect(upstream.disconnects("/never") == 0)
            client.disconnect()
            try await waitUntil("all calls were given up") { upstream.disconnects("/never") == 5 }
            try await waitUntil("it was counted") {
                let stats = try await gateway.stats()
                return stats.totals.requests.by_class["4xx"] == 1 && stats.totals.calls.in_flight == 0
                    && stats.totals.requests.in_flight == 0 && stats.totals.calls.failed["cancelled"] == 5
            }
            try await waitUntil("it was logged") { gateway.standardOutput.contains { $0.contains("\"status\":499") } }
            #expect(try await gateway.get("/fast").status == 200)
        }
    }
}
