import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct ChildDeathTests {
        /// Clients until more than one worker has some, and all of them are connected.
        private func spreadLoad(_ gateway: Gateway) async throws -> [LoadClients] {
            var load: [LoadClients] = []
            try await waitUntil("several workers had connections") {
                if load.count < 40 { load.append(LoadClients.start(port: gateway.port, connections: 4, path: "/page")) }
                let workers = try await gateway.stats().workers
                return load.count >= 6 && workers.count { $0.connections.active > 0 } > 1
            }
            try await waitUntil("all were connected") {
                try await gateway.stats().totals.connections.active == load.count * 4
            }
            return load
        }

        private func answered(_ load: [LoadClients]) -> Int {
            load.reduce(0) { $0 + $1.answered }
        }

        @Test func aKilledWorkerIsReplacedAndOnlyItsOwnConnectionsNoticeIt() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 3)
            let load = try await spreadLoad(gateway)
            let sampler = TotalsSampler(gateway)
            try await waitUntil("load is under way") { answered(load) > 200 }

            let before = try await gateway.stats()
            let victim = try #require(before.workers.max { $0.connections.active < $1.connections.active })
            gateway.signal(SIGKILL, to: victim.pid)
            try await gateway.waitFor(event: "worker_exited") {
                $0.pid == victim.pid && $0.slot == victim.id && $0.reason == "signal SIGKILL"
            }
            try await waitUntil("slot \(victim.id) serves again") {
                let worker = try await gateway.stats().workers.first { $0.id == victim.id }
                return worker.map { $0.state == "ready" && $0.pid != victim.pid } ?? false
            }
            let soFar = answered(load)
            try await waitUntil("load goes on") { answered(load) > soFar + 200 }

            var failures: [String] = []
            for clients in load { failures += await clients.stop().failures }
            #expect(failures.count <= victim.connections.active, "others than those of the killed worker: \(failures)")
            let sampled = await sampler.stop()
            #expect(sampled.samples > 0 && sampled.steps == [])

            let after = try await gateway.stats()
            #expect(after.workers.map(\.id) == [0, 1, 2])
            for (old, new) in zip(before.workers, after.workers) where old.id != victim.id {
                #expect(new.pid == old.pid && new.restarts == 0 && new.last_exit == nil)
            }
            let successor = try #require(after.workers.first { $0.id == victim.id })
            #expect(successor.restarts == 1)
            #expect(successor.last_exit?.reason == "signal SIGKILL")
            #expect(successor.requests.total >= victim.requests.total, "a slot keeps counting over a death")
            #expect(after.supervisor.restarts_total == 1)
            gateway.stop()
        }

        @Test func aKilledAdminProcessIsReplacedAndTrafficDoesNotNotice() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 2)
            let load = LoadClients.start(port: gateway.port, connections: 8, path: "/page")
            let sampler = TotalsSampler(gateway)
            try await waitUntil("load is under way") { load.answered > 100 }

            let before = try await gateway.stats()
            let victim = try #require(before.admin)
            gateway.signal(SIGKILL, to: victim.pid)
            try await waitUntil("/stats is served by another process") {
                guard let admin = try? await gateway.stats().admin else { return false }
                return admin.pid != victim.pid && admin.state == "ready"
            }
            let answered = load.answered
            try await waitUntil("load goes on") { load.answered > answered + 100 }

            let result = await load.stop()
            #expect(result.failures == [])
            let sampled = await sampler.stop()
            #expect(sampled.steps == [])
            let after = try await gateway.stats()
            #expect(after.admin?.last_exit?.reason == "signal SIGKILL")
            #expect(after.admin?.restarts == 1)
            #expect(after.workers.map(\.pid) == before.workers.map(\.pid))
            gateway.stop()
        }

        @Test func connectionsInTheAcceptQueueOfAKilledWorkerAreServedByItsSuccessor() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 1)
            let worker = try #require(try await gateway.stats().workers.first).pid
            gateway.signal(SIGSTOP, to: worker)
            try await waitUntil("it was stopped") { ProcessFiles.isStopped(worker) }
            let replies = (0..<20).map { _ in Task { try await gateway.get("/page") } }
            try await waitUntil("all of them wait in the accept queue") {
                ProcessFiles.listener(port: gateway.port)?.waiting == 20
            }
            gateway.signal(SIGKILL, to: worker)
            for reply in replies { #expect(try await reply.value.status == 200) }
            #expect(try await gateway.stats().workers.first?.pid != worker)
            gateway.stop()
        }

        @Test func whatDiedWithAWorkerIsToldAndCountedOnce() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 1)
            let replies = (0..<3).map { _ in Task { try await gateway.get("/held") } }
            try await waitUntil("the upstream has all requests") { upstream.inFlight("/held") == 3 }
            let worker = try #require(try await gateway.stats().workers.first)
            #expect(worker.requests.in_flight == 3 && worker.connections.active == 3)
            gateway.signal(SIGKILL, to: worker.pid)
            for reply in replies { await #expect(throws: (any Error).self) { try await reply.value } }
            try await waitUntil("its successor serves") {
                let stats = try await gateway.stats()
                return stats.supervisor.workers_ready == 1 && stats.workers.first?.pid != worker.pid
            }
            let stats = try await gateway.stats()
            #expect(stats.workers.first?.last_exit?.in_flight == 3)
            #expect(stats.totals.requests.in_flight == 0 && stats.totals.connections.active == 0)
            #expect(stats.totals.calls.in_flight == 0)
            #expect(stats.totals.requests.total == 3 && stats.totals.connections.accepted_total == 3)
            try await waitUntil("the upstream sees the calls end") { upstream.disconnects("/held") == 3 }
            gateway.stop()
        }
    }
}
