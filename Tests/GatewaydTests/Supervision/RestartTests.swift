import Glibc
import Testing

extension RunningPrograms {
    @Suite struct RestartTests {
        @Test func aWorkerThatHangsIsKilledAndReplaced() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(
                Page.configuration(upstream, settings: "heartbeat_stale: 1s"), workers: 2)
            let victim = try #require(try await gateway.stats().workers.first)
            gateway.signal(SIGSTOP, to: victim.pid)
            try await gateway.waitFor(event: "worker_unresponsive") { $0.pid == victim.pid }
            try await waitUntil("another process serves in its slot") {
                let worker = try await gateway.stats().workers[0]
                return worker.pid != victim.pid && worker.state == "ready"
            }
            let worker = try await gateway.stats().workers[0]
            #expect(worker.last_exit?.reason == "unresponsive")
            #expect(worker.restarts == 1)
            #expect(!ProcessFiles.isAlive(victim.pid))
            gateway.stop()
        }

        @Test func withEveryWorkerDeadTheAdminEndpointsSayWhatIs() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(
                Page.configuration(upstream, settings: "restart: { backoff: 5s, backoff_max: 5s }"), workers: 1)
            #expect(try await gateway.admin("/readyz").status == 200)
            let worker = try #require(try await gateway.stats().workers.first)
            gateway.signal(SIGKILL, to: worker.pid)
            try await waitUntil("/readyz is 503") { try await gateway.admin("/readyz").status == 503 }
            #expect(try await gateway.admin("/healthz").status == 200)
            let stats = try await gateway.stats()
            #expect(stats.supervisor.workers_ready == 0)
            #expect(stats.workers.map(\.state) == ["dead"])
            #expect(stats.workers.first?.last_exit?.reason == "signal SIGKILL")
            let patient = Task { try await gateway.get("/page") }
            try await waitUntil("/readyz is 200 again") { try await gateway.admin("/readyz").status == 200 }
            #expect(try await patient.value.status == 200, "who came meanwhile has waited and is served")
            gateway.stop()
        }

        @Test func aSlotWhoseWorkersDieAgainAndAgainIsHeldAndTheDaemonIsDegraded() async throws {
            let upstream = try await Page.upstream()
            let settings = "restart: { backoff: 10ms, backoff_max: 50ms, intensity: 3, period: 60s }"
            let gateway = try await Gateway.start(Page.configuration(upstream, settings: settings), workers: 2)
            for deaths in 1...3 {
                let victim = try #require(try await gateway.stats().workers.last).pid
                gateway.signal(SIGKILL, to: victim)
                try await waitUntil("death \(deaths) is dealt with") {
                    let worker = try await gateway.stats().workers[1]
                    return worker.pid != victim && worker.state == (deaths < 3 ? "ready" : "held")
                }
            }
            try await gateway.waitFor(event: "worker_held") { $0.slot == 1 }
            let stats = try await gateway.stats()
            #expect(stats.supervisor.state == "degraded")
            #expect(stats.supervisor.workers_ready == 1)
            #expect(try await gateway.admin("/readyz").status == 200)
            #expect(try await gateway.get("/page").status == 200)
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
        }

        @Test(arguments: [
            (SIGHUP, "SIGHUP"), (SIGUSR1, "SIGUSR1"), (SIGUSR2, "SIGUSR2"), (SIGTTIN, "SIGTTIN"), (SIGTTOU, "SIGTTOU"),
        ])
        func aSignalThatIsNotAvailableYetIsLoggedAndSurvived(signal: Int32, name: String) async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 1)
            let before = try await gateway.stats()
            gateway.signal(signal)
            try await waitUntil("it is logged") {
                gateway.program.errors.lines.contains { $0.contains("signal_ignored") && $0.contains(name) }
            }
            #expect(try await gateway.get("/page").status == 200)
            let after = try await gateway.stats()
            #expect(after.supervisor.pid == before.supervisor.pid)
            #expect(after.workers.map(\.pid) == before.workers.map(\.pid))
            gateway.stop()
        }
    }
}
