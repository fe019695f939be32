import Foundation
import Testing

extension RunningPrograms {
    @Suite(.serialized, .alone) struct ThousandClientsTests {
        @Test(
            "a thousand clients at once with five calls each are answered without a failure",
            .enabled(if: NginxUpstream.isInstalled, "nginx is the upstream here, and it is not installed"))
        func answersAll() async throws {
            try raiseOpenFiles(to: 12_000)
            let upstream = try await NginxUpstream.start(paths: ["/a", "/b", "/c", "/d", "/e"])
            let calls = ["a", "b", "c", "d", "e"].map { "{ name: \($0), upstream: all, path: /\($0) }" }
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["http://127.0.0.1:\(upstream.port)"] } }
                routes: [{ path: /page, timeout: 60s, fan_out: [\(calls.joined(separator: ", "))] }]
                """, workers: 2)
            let clients = LoadClients.start(port: gateway.port, connections: 1_000, path: "/page")
            try await waitUntil("each client had three answers", limit: .seconds(90)) {
                clients.fewestPerConnection >= 3 || !clients.failures.isEmpty
            }
            let result = await clients.stop()
            #expect(result.failures.isEmpty, "\(result.failures.prefix(5))")
            #expect(result.answered >= 3_000)
            let totals = try await gateway.stats().totals
            #expect(totals.requests.total == result.answered)
            #expect(totals.requests.by_class["2xx"] == result.answered)
            #expect(totals.calls.total == 5 * result.answered)
            #expect(totals.calls.failed.values.reduce(0, +) == 0, "\(totals.calls.failed)")
            #expect(totals.requests.in_flight == 0 && totals.calls.in_flight == 0)
        }
    }
}
