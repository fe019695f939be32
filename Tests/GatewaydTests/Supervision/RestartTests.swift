import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct RestartTests {
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

        @Test("the wait doubles from death to death, and begins anew after a worker that lived for long enough")
        func backOff() async throws {
            let settings = "restart: { backoff: 40ms, reset_after: 300ms, intensity: 100 }"
            let gateway = try await Gateway.start(
                Page.configuration(try await Page.upstream(), settings: settings), workers: 1)
            func wait(for death: Int, afterLiving uptime: Duration) async throws -> Int {
                let worker = try #require(try await gateway.stats().workers.first)
                let ready = ContinuousClock.now
                try await waitUntil("it has lived") { ContinuousClock.now - ready >= uptime }
                gateway.signal(SIGKILL, to: worker.pid)
                try await waitUntil("another one serves") {
                    let now = try await gateway.stats().workers[0]
                    return now.pid != worker.pid && now.state == "ready"
                }
                let waits = gateway.events.filter { $0.event == "worker_restart_planned" }.compactMap(\.wait)
                try #require(waits.count == death)
                return waits[death - 1]
            }
            for (death, full) in [(1, 40), (2, 80), (3, 160)] {
                let waited = try await wait(for: death, afterLiving: .zero)
                #expect((full / 2...full).contains(waited), "death \(death): \(waited) ms")
            }
            #expect(try await wait(for: 4, afterLiving: .milliseconds(400)) == 0)
            #expect(try await (20...40).contains(wait(for: 5, afterLiving: .zero)))
            gateway.stop()
        }

        /// A gateway whose worker 1 has died twice, which is too often.
        private func held(for hold: String) async throws -> Gateway {
            let settings = "restart: { backoff: 1ms, backoff_max: 2ms, intensity: 2, hold: \(hold) }"
            let gateway = try await Gateway.start(
                Page.configuration(try await Page.upstream(), settings: settings), workers: 2)
            for _ in 1...2 {
                let victim = try #require(try await gateway.stats().workers.last).pid
                gateway.signal(SIGKILL, to: victim)
                try await waitUntil("its death is dealt with") {
                    let worker = try await gateway.stats().workers[1]
                    return worker.pid != victim && worker.state != "dead" && worker.state != "starting"
                }
            }
            try await gateway.waitFor(event: "worker_held") { $0.slot == 1 }
            return gateway
        }

        @Test("gatewayctl restart ID frees a slot that is held, and the daemon is no longer degraded")
        func freed() async throws {
            let gateway = try await held(for: "1h")
            #expect(try await gateway.stats().supervisor.state == "degraded")
            #expect(try await gateway.control("restart", "2").exitCode == 64)
            #expect(try await gateway.control("restart", "1").exitCode == 0)
            try await waitUntil("it serves") { try await gateway.stats().workers[1].state == "ready" }
            #expect(try await gateway.stats().supervisor.state == "running")
            gateway.stop()
        }

        @Test("a slot that is held is tried again after a while")
        func triedAgain() async throws {
            let gateway = try await held(for: "200ms")
            try await waitUntil("it serves") { try await gateway.stats().workers[1].state == "ready" }
            #expect(try await gateway.stats().workers[1].restarts == 2)
            gateway.stop()
        }

        @Test("a reload starts workers in slots that are held")
        func reloaded() async throws {
            let gateway = try await held(for: "1h")
            try gateway.rewrite(
                Page.configuration(try await Page.upstream(), settings: "reload: { canary: 1ms }"), workers: "2")
            #expect(try await gateway.control("reload").exitCode == 0)
            try await waitUntil("all serve") { try await gateway.stats().supervisor.workers_ready == 2 }
            #expect(try await gateway.stats().supervisor.state == "running")
            gateway.stop()
        }

        @Test("restarts of one worker and of all replace the processes and keep the configuration")
        func replaced() async throws {
            let gateway = try await Gateway.start(
                Page.configuration(try await Page.upstream(), settings: "reload: { canary: 1ms }"), workers: 2)
            let before = try await gateway.stats()
            #expect(try await gateway.control("restart", "1").exitCode == 0)
            try await gateway.waitFor(event: "restart_done")
            let one = try await gateway.stats()
            #expect(one.workers[0].pid == before.workers[0].pid && one.workers[1].pid != before.workers[1].pid)
            #expect(try await gateway.control("restart").exitCode == 0)
            let all = try await gateway.stats()
            #expect(Set(all.workers.map(\.pid)).isDisjoint(with: one.workers.map(\.pid)))
            #expect(all.supervisor.generation == 1 && all.supervisor.config.sha256 == before.supervisor.config.sha256)
            #expect(all.supervisor.restarts_total == 0)
            gateway.stop()
        }

        @Test("USR1 has no log file to reopen, says so, and changes nothing")
        func reopen() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 1)
            let before = try await gateway.stats()
            gateway.signal(SIGUSR1)
            try await waitUntil("it is logged") {
                gateway.program.errors.lines.contains { $0.contains("signal_ignored") && $0.contains("SIGUSR1") }
            }
            #expect(try await gateway.get("/page").status == 200)
            let after = try await gateway.stats()
            #expect(after.supervisor.pid == before.supervisor.pid)
            #expect(after.workers.map(\.pid) == before.workers.map(\.pid))
            gateway.stop()
        }
    }
}
