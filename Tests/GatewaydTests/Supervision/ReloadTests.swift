import Foundation
import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .alone) struct ReloadTests {
        private let quick = "reload: { canary: 20ms }"

        private func start(
            _ upstream: TestUpstream, settings: String? = nil, workers: Int = 2, environment: [String: String] = [:]
        ) async throws -> Gateway {
            try await Gateway.start(
                Page.configuration(upstream, settings: settings ?? quick), workers: workers, environment: environment)
        }

        private func isSettled(_ gateway: Gateway) async throws -> Bool {
            let supervisor = try await gateway.stats().supervisor
            return supervisor.state == "running" && supervisor.reload?.outcome != "queued"
        }

        @Test("reloads under load lose no request, and every worker is then of the new configuration")
        func underLoad() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await start(upstream)
            let before = try await gateway.stats()
            let load = LoadClients.start(port: gateway.port, connections: 16, path: "/page", reconnects: true)
            let sampler = TotalsSampler(gateway)
            for round in 1...4 {
                let answered = load.answered
                try await waitUntil("load is under way") { load.answered > answered + 200 }
                let settings = "\(quick)\nheartbeat_stale: \(10 + round)s"
                try gateway.rewrite(Page.configuration(upstream, settings: settings), workers: "2")
                let reload = try await gateway.control("reload")
                #expect(reload.exitCode == 0 && reload.output == ["generation \(round + 1) is in use"])
            }
            let result = await load.stop()
            #expect(result.failures == [])
            let sampled = await sampler.stop()
            #expect(sampled.samples > 0 && sampled.steps == [])
            let after = try await gateway.stats()
            #expect(after.supervisor.generation == 5 && after.workers.map(\.generation) == [5, 5])
            #expect(after.workers.map(\.id) == [0, 1] && after.supervisor.restarts_total == 0)
            #expect(Set(after.workers.map(\.pid)).isDisjoint(with: before.workers.map(\.pid)))
            #expect(after.supervisor.config.sha256 != before.supervisor.config.sha256)
            #expect(after.supervisor.config.loaded_at > before.supervisor.config.loaded_at)
            #expect(after.totals.requests.total == result.answered)
            gateway.stop()
        }

        @Test("a request in progress is answered by the old worker while the new ones serve")
        func inProgress() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await start(upstream)
            let old = try await gateway.stats().workers.map(\.pid)
            let held = Task { try await gateway.get("/held") }
            try await waitUntil("the upstream has it") { upstream.inFlight("/held") == 1 }
            #expect(try await gateway.control("reload").exitCode == 0)
            #expect(try await gateway.get("/page").status == 200)
            // A further reload waits until the old worker is gone, since each slot has room for two processes.
            gateway.signal(SIGHUP)
            let stats = try await gateway.stats()
            #expect(stats.totals.requests.in_flight == 1 && stats.supervisor.generation == 2)
            #expect(old.contains(where: ProcessFiles.isAlive))
            upstream.release("/held")
            let answer = try await held.value
            #expect(answer.status == 200 && answer.header("Connection") == "close")
            try await waitUntil("the second reload is done") { try await gateway.stats().supervisor.generation == 3 }
            gateway.stop()
        }

        @Test("a configuration with mistakes changes nothing, and they are told with their places")
        func mistakes() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await start(upstream)
            let before = try await gateway.stats()
            try gateway.rewrite("nonsense: 1\n" + Page.configuration(upstream), workers: "0")
            let file = "\(gateway.directory)/gatewayd.yaml"
            let reload = try await gateway.control("reload")
            #expect(reload.exitCode == 78)
            #expect(reload.errors.first?.hasPrefix("gatewayctl: \(file):4:10: ") == true)
            #expect(reload.errors.last?.hasPrefix("\(file):6:1: unknown key 'nonsense'") == true)
            gateway.signal(SIGHUP)
            try await waitUntil("the signal was refused as well") {
                gateway.events.count { $0.event == "reload_refused" } == 2
            }
            let status = try await gateway.control("status").output
            #expect(status.contains { $0.contains("\(file):6:1:") })
            let after = try await gateway.stats()
            #expect(after.supervisor.reload?.outcome == "refused" && after.supervisor.state == "running")
            #expect(after.supervisor.generation == 1 && after.workers.map(\.pid) == before.workers.map(\.pid))
            #expect(after.supervisor.config.sha256 == before.supervisor.config.sha256)
            gateway.stop()
        }

        @Test("a canary that dies leaves the old workers as they are, and the reason is told")
        func deadCanary() async throws {
            let gateway = try await inTheMiddle()
            let old = gateway.events.filter { $0.event == "worker_ready" }.prefix(2).sorted {
                $0.slot ?? 0 < $1.slot ?? 0
            }
            let during = try await gateway.stats()
            #expect(during.supervisor.state == "reloading" && during.supervisor.generation == 1)
            #expect(during.workers[1].generation == 1, "the others wait")
            gateway.signal(SIGKILL, to: during.workers[0].pid)
            try await gateway.waitFor(event: "reload_failed")
            let after = try await gateway.stats()
            #expect(after.workers.map(\.pid) == old.compactMap(\.pid))
            #expect(after.supervisor.generation == 1 && after.supervisor.state == "running")
            #expect(after.supervisor.reload?.outcome == "failed")
            #expect(after.supervisor.reload?.message.contains("signal SIGKILL") == true)
            #expect(after.supervisor.restarts_total == 0)
            #expect(try await gateway.get("/page").status == 200)
            gateway.stop()
        }

        /// A gateway of two workers in the middle of a reload, whose canary is on trial for an hour.
        private func inTheMiddle() async throws -> Gateway {
            let gateway = try await start(try await Page.upstream(), settings: "reload: { canary: 1h }")
            #expect(try await gateway.control("reload", "--no-wait").exitCode == 0)
            try await waitUntil("the canary serves") {
                let worker = try await gateway.stats().workers[0]
                return worker.generation == 2 && worker.state == "ready"
            }
            return gateway
        }

        @Test("an old worker that dies during a reload is started again with the old configuration")
        func oldDeath() async throws {
            let gateway = try await inTheMiddle()
            let victim = try await gateway.stats().workers[1].pid
            gateway.signal(SIGKILL, to: victim)
            try await waitUntil("it was replaced") {
                let worker = try await gateway.stats().workers[1]
                return worker.pid != victim && worker.state == "ready"
            }
            let stats = try await gateway.stats()
            #expect(stats.workers[1].generation == 1 && stats.workers[1].restarts == 1)
            #expect(stats.supervisor.state == "reloading" && stats.workers[0].generation == 2)
            gateway.stop()
        }

        @Test("the end in the middle of a reload leaves nothing behind")
        func endDuringReload() async throws {
            let gateway = try await inTheMiddle()
            let canary = try await gateway.stats().workers[0].pid
            gateway.signal(SIGHUP)
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            #expect(!ProcessFiles.isAlive(canary))
            try await gateway.program.allGone()
        }

        @Test("a probe that is answered with 5xx stops the reload, and any other status does not")
        func probe() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await start(upstream)
            for (path, code) in [("/page", Int32(0)), ("/nothing", 0), ("/broken", 1)] {
                upstream.on("/held", .status(500, "{}"))
                let probe = path == "/broken" ? "/held" : path
                try gateway.rewrite(
                    Page.configuration(upstream, settings: "reload: { canary: 1ms, probe: \(probe) }"), workers: "2")
                let reload = try await gateway.control("reload")
                #expect(reload.exitCode == code, "\(path)")
                if code != 0 { #expect(reload.errors.first?.contains("answered its probe with 502") == true) }
            }
            let stats = try await gateway.stats()
            #expect(stats.supervisor.generation == 3)
            #expect(stats.totals.requests.total == 0, "a probe is no client's request")
            try await waitUntil("the canary is gone") { gateway.events.contains { $0.event == "reload_failed" } }
            gateway.stop()
        }

        @Test("a storm of HUP becomes a few reloads, one after another, and costs no request")
        func storm() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await start(upstream)
            let load = LoadClients.start(port: gateway.port, connections: 8, path: "/page", reconnects: true)
            for _ in 0..<1_000 {
                gateway.signal(SIGHUP)
                // A thousand in a second, as far as the machine lets us.
                var none = pollfd()
                poll(&none, 0, 1)
            }
            // It is queued behind whatever the storm has left.
            #expect(try await gateway.control("reload").exitCode == 0)
            try await waitUntil("the last reload is done") {
                let started = gateway.events.count { $0.event == "reload_started" }
                return try await isSettled(gateway) && gateway.events.count { $0.event == "reload_done" } == started
            }
            let reloads = gateway.events.count { $0.event == "reload_started" }
            #expect((1...100).contains(reloads))
            #expect(gateway.events.count { $0.event == "reload_done" } == reloads)
            #expect(await load.stop().failures == [])
            let stats = try await gateway.stats()
            #expect(stats.supervisor.generation == reloads + 1 && stats.supervisor.workers_ready == 2)
            gateway.stop()
        }

        @Test("addresses come and go with a reload; one that is taken, and another admin address, are refused")
        func addresses() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await start(upstream)
            let page = Page.configuration(upstream, settings: quick)
            let socket = gateway.socketPath
            try gateway.rewrite(page, listen: ["127.0.0.1:0", "unix:\(socket)"], workers: "3")
            #expect(try await gateway.control("reload").exitCode == 0)
            let client = try await RawClient.connect(path: socket)
            try await client.request("GET", "/page")
            #expect(try await client.reply().status == 200)
            #expect(try await gateway.get("/page").status == 200, "the other address is the same socket as before")
            #expect(try await gateway.stats().supervisor.workers_wanted == 3)

            let taken = try PassedSocket()
            try gateway.rewrite(page, listen: ["127.0.0.1:0", "127.0.0.1:\(taken.port)"], workers: "3")
            gateway.signal(SIGHUP)
            try await waitUntil("it is refused") {
                let reload = try await gateway.stats().supervisor.reload
                return reload?.outcome == "refused" && reload?.message.contains("Address already in use") == true
            }
            #expect(access(socket, F_OK) == 0)

            try gateway.rewrite(page, workers: "2")
            #expect(try await gateway.control("reload").exitCode == 0)
            #expect(access(socket, F_OK) != 0)
            #expect(try await gateway.get("/page").status == 200)
            try await waitUntil("two workers are left") {
                try await gateway.stats().workers.filter { $0.state == "ready" }.count == 2
            }

            try gateway.rewrite("\(page)\n", workers: "2")
            let file = "\(gateway.directory)/gatewayd.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacingOccurrences(of: "admin: 127.0.0.1:0", with: "admin: 127.0.0.1:1")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let refused = try await gateway.control("reload")
            #expect(refused.exitCode == 78 && refused.errors.first?.contains("without a restart") == true)
            gateway.stop()
        }

        @Test("systemd hears of a reload and of its end")
        func systemd() async throws {
            let systemd = try NotifySocket()
            let gateway = try await start(
                try await Page.upstream(), environment: ["NOTIFY_SOCKET": systemd.address])
            try await waitUntil("systemd heard READY=1") { systemd.assignments.contains("READY=1") }
            let before = systemd.assignments.count
            #expect(try await gateway.control("reload").exitCode == 0)
            try await waitUntil("systemd heard of the end") {
                systemd.assignments.dropFirst(before).contains("READY=1")
            }
            let heard = Array(systemd.assignments.dropFirst(before))
            let reloading = try #require(heard.firstIndex(of: "RELOADING=1"))
            let time = try #require(UInt64(heard[reloading + 1].dropFirst("MONOTONIC_USEC=".count)))
            #expect(time > 0 && heard.contains("STATUS=reloading, 2/2 workers ready"))
            #expect(try #require(heard.firstIndex(of: "READY=1")) > reloading)
            gateway.stop()
        }
    }
}
