import Foundation
import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .alone) struct ScaleTests {
        private func workers(_ gateway: Gateway, ready count: Int) async throws {
            try await waitUntil("\(count) workers serve") {
                let stats = try await gateway.stats()
                return stats.supervisor.workers_wanted == count
                    && stats.workers.filter { $0.state == "ready" }.map(\.id) == Array(0..<count)
            }
        }

        @Test("TTIN and TTOU make it one worker more and one fewer, and the last one stays")
        func signals() async throws {
            let gateway = try await Gateway.start(Page.configuration(try await Page.upstream()), workers: 1)
            gateway.signal(SIGTTIN)
            try await workers(gateway, ready: 2)
            gateway.signal(SIGTTIN)
            try await workers(gateway, ready: 3)
            gateway.signal(SIGTTOU)
            try await workers(gateway, ready: 2)
            gateway.signal(SIGTTOU)
            try await workers(gateway, ready: 1)
            gateway.signal(SIGTTOU)
            try await gateway.waitFor(event: "scale_refused")
            try await workers(gateway, ready: 1)
            #expect(try await gateway.stats().supervisor.restarts_total == 0)
            gateway.stop()
        }

        @Test("gatewayctl scale starts workers and drains the highest ones, under load without a failure")
        func scale() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 1)
            let load = LoadClients.start(port: gateway.port, connections: 8, path: "/page", reconnects: true)
            for count in [4, 2, 5, 1, 3] {
                #expect(try await gateway.control("scale", "\(count)").exitCode == 0)
                try await workers(gateway, ready: count)
                let answered = load.answered
                try await waitUntil("load goes on") { load.answered > answered + 50 }
            }
            #expect(await load.stop().failures == [])
            let told = try await gateway.control("scale", "4", "--json")
            #expect(told.output == [#"{"workers_wanted":4,"workers_ready":4}"#], "it waits until they serve")
            #expect(try await gateway.control("scale", "1").output == ["1 worker serves"])
            gateway.stop()
        }

        @Test("a worker that drains answers what it has, also when its slot is in use again before that")
        func again() async throws {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 2)
            let before = try await gateway.stats().workers
            // While worker 0 is stopped, worker 1 takes the request.
            gateway.signal(SIGSTOP, to: before[0].pid)
            try await waitUntil("it is stopped") { ProcessFiles.isStopped(before[0].pid) }
            let held = Task { try await gateway.get("/held") }
            try await waitUntil("the upstream has the request") { upstream.inFlight("/held") == 1 }
            gateway.signal(SIGCONT, to: before[0].pid)
            let old = before[1].pid
            #expect(try await gateway.control("scale", "1").exitCode == 0)
            try await waitUntil("it drains") { try await gateway.stats().workers[1].state == "draining" }
            #expect(try await gateway.control("scale", "2").exitCode == 0)
            try await workers(gateway, ready: 2)
            let stats = try await gateway.stats()
            #expect(stats.workers[1].pid != old && ProcessFiles.isAlive(old))
            #expect(stats.workers[1].requests.in_flight == 1)
            upstream.release("/held")
            #expect(try await held.value.status == 200)
            try await waitUntil("the old one is gone") { !ProcessFiles.isAlive(old) }
            gateway.stop()
        }

        @Test("workers: auto is one for each CPU of the affinity mask")
        func auto() async throws {
            let directory = try Gateway.makeDirectory()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let file = "\(directory)/gatewayd.yaml"
            try """
            listen: ["127.0.0.1:0"]
            admin: 127.0.0.1:0
            control: \(directory)/control.sock
            workers: auto
            \(Page.configuration(try await Page.upstream()))
            """.write(toFile: file, atomically: true, encoding: .utf8)
            // taskset is of util-linux, which every Debian has.
            let program = try Program("/usr/bin/taskset", ["-c", "0", Program.gatewayd, "--config", file])
            defer { program.stop() }
            try await waitUntil("it started") {
                program.errors.lines.compactMap(LogEvent.init).contains { $0.event == "all_ready" }
            }
            let started = program.errors.lines.compactMap(LogEvent.init).first { $0.event == "supervisor_started" }
            #expect(started?.workers == 1)
        }

        @Test("a number of workers that there cannot be is refused, with the limit", arguments: ["0", "65"])
        func refused(count: String) async throws {
            let gateway = try await Gateway.start(Page.configuration(try await Page.upstream()), workers: 1)
            let scale = try await gateway.control("scale", count)
            #expect(scale.exitCode == 64)
            #expect(scale.errors == ["gatewayctl: there can be 1 to 64 workers, not \(count)"])
            #expect(try await gateway.stats().supervisor.workers_wanted == 1)
            gateway.stop()
        }
    }
}
