import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .alone) struct RecycleTests {
        private func gateway(_ recycle: String, workers: Int) async throws -> Gateway {
            try await Gateway.start(
                Page.configuration(try await Page.upstream(), settings: "recycle: { \(recycle) }"), workers: workers)
        }

        @Test("workers that have had their requests are recycled one after another, and no request fails")
        func requests() async throws {
            let gateway = try await gateway("max_requests: 100", workers: 2)
            let before = try await gateway.stats()
            let load = LoadClients.start(port: gateway.port, connections: 8, path: "/page", reconnects: true)
            let sampler = TotalsSampler(gateway)
            try await waitUntil("three were recycled") { gateway.events.count { $0.event == "recycle_done" } >= 3 }
            #expect(await load.stop().failures == [])
            #expect(await sampler.stop().steps == [])
            let after = try await gateway.stats()
            #expect(after.workers.map(\.pid) != before.workers.map(\.pid))
            #expect(after.workers.contains { $0.last_exit?.reason == "recycled" && $0.last_exit?.in_flight == 0 })
            #expect(after.supervisor.restarts_total == 0 && after.supervisor.generation == 1)
            #expect(after.supervisor.state == "running")

            // One at a time: the old one is gone before the next is begun.
            var leaving = 0
            for event in gateway.events {
                switch event.event {
                case "recycle_started":
                    #expect(leaving == 0)
                    leaving += 1
                case "worker_exited":
                    #expect(event.reason == "recycled")
                    leaving -= 1
                default: break
                }
            }
            gateway.stop()
        }

        @Test("a lifetime and a size of memory are limits too", arguments: ["max_lifetime: 200ms", "max_rss: 1MiB"])
        func otherLimits(limit: String) async throws {
            let gateway = try await gateway(limit, workers: 1)
            let first = try await gateway.stats().workers[0].pid
            try await waitUntil("it was recycled") {
                let worker = try await gateway.stats().workers[0]
                return worker.pid != first && worker.last_exit?.reason == "recycled"
            }
            #expect(try await gateway.get("/page").status == 200)
            gateway.stop()
        }
    }
}
