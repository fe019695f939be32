import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct OrphanTests {
        private struct Cluster {
            let gateway: Gateway
            let upstream: TestUpstream
            let workers: [pid_t]
            let admin: pid_t

            func areGone() -> Bool { (workers + [admin]).filter(ProcessFiles.isAlive).isEmpty }
        }

        private func start(workers: Int) async throws -> Cluster {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Page.configuration(upstream, settings: "drain: 5s"), workers: workers)
            let stats = try await gateway.stats()
            return Cluster(
                gateway: gateway, upstream: upstream, workers: stats.workers.map(\.pid),
                admin: try #require(stats.admin).pid)
        }

        @Test func whenTheSupervisorIsKilledItsChildrenAnswerWhatTheyHaveAndLeave() async throws {
            let cluster = try await start(workers: 2)
            let gateway = cluster.gateway
            let replies = (0..<4).map { _ in Task { try await gateway.get("/held") } }
            try await waitUntil("requests are in flight") { cluster.upstream.inFlight("/held") == 4 }
            gateway.signal(SIGKILL)
            try await waitUntil("the admin process has left") { !ProcessFiles.isAlive(cluster.admin) }
            cluster.upstream.release("/held")
            for reply in replies { #expect(try await reply.value.status == 200) }
            try await waitUntil("nothing is left") { cluster.areGone() }
            try await gateway.program.allGone()
        }

        @Test(.tags(.slow)) func aRequestThatNeverEndsDoesNotKeepAnOrphanAlive() async throws {
            let cluster = try await start(workers: 1)
            let gateway = cluster.gateway
            let reply = Task { try await gateway.get("/held") }
            try await waitUntil("a request is in flight") { cluster.upstream.inFlight("/held") == 1 }
            gateway.signal(SIGKILL)
            try await waitUntil("nothing is left") { cluster.areGone() }
            await #expect(throws: (any Error).self) { try await reply.value }
        }

        @Test func aWorkerThatWasStoppedWhenTheSupervisorDiedAnswersWhatItHasAndLeaves() async throws {
            let cluster = try await start(workers: 1)
            let gateway = cluster.gateway
            let worker = cluster.workers[0]
            let reply = Task { try await gateway.get("/held") }
            try await waitUntil("a request is in flight") { cluster.upstream.inFlight("/held") == 1 }
            gateway.signal(SIGSTOP, to: worker)
            try await waitUntil("it is stopped") { ProcessFiles.isStopped(worker) }
            gateway.signal(SIGKILL)
            try await waitUntil("the admin process has left") { !ProcessFiles.isAlive(cluster.admin) }
            // The kernel may have done so already: it continues who is stopped when its parent dies.
            gateway.signal(SIGCONT, to: worker)
            cluster.upstream.release("/held")
            #expect(try await reply.value.status == 200)
            try await waitUntil("nothing is left") { cluster.areGone() }
            try await gateway.program.allGone()
        }
    }
}
