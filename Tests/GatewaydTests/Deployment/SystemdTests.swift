import Foundation
import Glibc
import Testing

private let analyzer = "/usr/bin/systemd-analyze"

extension RunningPrograms {
    /// What systemd relies on, played by the test.
    @Suite(.serialized, .seat) struct SystemdTests {
        @Test(
            .enabled(
                if: FileManager.default.isExecutableFile(atPath: analyzer), "systemd-analyze is not installed"))
        func systemdFindsNoFaultWithTheUnits() async throws {
            let directory = try Gateway.makeDirectory()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            for name in ["gatewayd.service", "gatewayd.socket"] {
                try Repository.text("deploy/\(name)")
                    .replacingOccurrences(of: "/usr/bin/gatewayd", with: Program.gatewayd)
                    .write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
            }
            let result = try await Program.run(
                analyzer, "verify", "\(directory)/gatewayd.service", "\(directory)/gatewayd.socket")
            #expect(result.exitCode == 0)
            #expect(result.errors.filter { $0.contains("gatewayd") } == [])
        }

        @Test func systemdIsToldWhenItIsReadyHowItIsAndThatItStops() async throws {
            let upstream = try await Page.upstream()
            let systemd = try NotifySocket()
            let gateway = try await Gateway.start(
                Page.configuration(upstream), workers: 2, environment: ["NOTIFY_SOCKET": systemd.address])
            try await waitUntil("systemd heard READY=1") { systemd.assignments.contains("READY=1") }
            #expect(try await gateway.admin("/readyz").status == 200)
            try await waitUntil("systemd heard how it is") {
                systemd.assignments.contains("STATUS=2/2 workers ready")
            }
            let worker = try #require(try await gateway.stats().workers.first)
            let before = systemd.assignments.count
            gateway.signal(SIGKILL, to: worker.pid)
            try await waitUntil("systemd heard of a death and of the restart") {
                systemd.assignments.dropFirst(before) == ["STATUS=1/2 workers ready", "STATUS=2/2 workers ready"]
            }
            #expect(!systemd.assignments.contains("STOPPING=1"))
            #expect(!systemd.assignments.contains("WATCHDOG=1"), "nobody asked for it")

            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            let heard = systemd.assignments
            #expect(heard.filter { $0 == "READY=1" }.count == 1)
            #expect(heard.filter { $0 == "STOPPING=1" }.count == 1)
            #expect(heard.contains { $0.hasPrefix("STATUS=draining") })
        }

        @Test func readyIsToldOnlyOnceTheWorkersServe() async throws {
            let upstream = try await Page.upstream()
            let systemd = try NotifySocket()
            let gateway = try await Gateway.start(
                Page.configuration(upstream), environment: ["NOTIFY_SOCKET": systemd.address])
            try await waitUntil("systemd heard READY=1") { systemd.assignments.contains("READY=1") }
            // Sockets that systemd keeps for a successor are no word on how it stands.
            let heard = systemd.assignments.filter { !$0.hasPrefix("FD") }
            #expect(heard.first == "STATUS=0/1 workers ready", "the first word is not that it is ready")
            let ready = gateway.events.firstIndex { $0.event == "worker_ready" }
            let all = gateway.events.firstIndex { $0.event == "all_ready" }
            #expect(try #require(ready) < #require(all))
            gateway.stop()
        }

        @Test func theWatchdogIsToldAgainAndAgain() async throws {
            let upstream = try await Page.upstream()
            let systemd = try NotifySocket()
            let gateway = try await Gateway.start(
                Page.configuration(upstream),
                environment: ["NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "20000"])
            try await waitUntil("systemd heard five signs of life") {
                systemd.assignments.count { $0 == "WATCHDOG=1" } >= 5
            }
            // A supervisor that hangs says nothing: none comes while it is stopped.
            gateway.signal(SIGSTOP)
            defer { gateway.signal(SIGCONT) }
            try await waitUntil("it is stopped") { ProcessFiles.isStopped(gateway.pid) }
            let before = systemd.assignments.count
            for _ in 0..<50 { #expect(try await gateway.get("/page").status == 200) }
            #expect(systemd.assignments.count == before)
            gateway.signal(SIGCONT)
            gateway.stop()
        }

        @Test func noChildSpeaksForTheService() async throws {
            let upstream = try await Page.upstream()
            let systemd = try NotifySocket()
            let gateway = try await Gateway.start(
                Page.configuration(upstream),
                environment: ["NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "30000000"])
            let stats = try await gateway.stats()
            for pid in stats.workers.map(\.pid) + [try #require(stats.admin).pid] {
                let names = ProcessFiles.environment(of: pid)
                #expect(!names.isEmpty && names.isDisjoint(with: ["NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS"]))
            }
            gateway.stop()
        }

        /// Starts it as systemd does: the sockets are descriptors 3 and 4 of the process whose id LISTEN_PID names.
        private func startWithSockets(_ clients: PassedSocket, _ admin: PassedSocket, _ file: String) throws -> Program
        {
            try Program(
                "/bin/bash",
                [
                    "-c", #"exec 3<&"$0" 4<&"$1"; LISTEN_FDS=2 LISTEN_PID=$$ exec "$2" --config "$3""#,
                    "\(clients.descriptor)", "\(admin.descriptor)", Program.gatewayd, file,
                ], inheriting: [clients.descriptor, admin.descriptor])
        }

        @Test func socketsThatSystemdPassesAreServedAndOutliveTheService() async throws {
            let upstream = try await Page.upstream()
            let clients = try PassedSocket()
            let admin = try PassedSocket()
            let directory = try Gateway.makeDirectory()
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let file = "\(directory)/gatewayd.yaml"
            try """
            listen: ["127.0.0.1:\(clients.port)"]
            admin: 127.0.0.1:\(admin.port)
            control: \(directory)/control.sock
            workers: 2
            \(Page.configuration(upstream))
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let program = try startWithSockets(clients, admin, file)
            defer { program.stop() }
            // The queue was open before it started: this request waits there.
            let client = try await RawClient.connect(port: clients.port)
            try await client.request("GET", "/page")
            #expect(try await client.reply().status == 200)
            let questions = try await RawClient.connect(port: admin.port)
            try await questions.request("GET", "/readyz")
            #expect(try await questions.reply().status == 200)

            // A killed service and its next start: who connects in between waits in the socket that systemd holds.
            program.signal(SIGKILL)
            try await program.allGone()
            let waiting = try await RawClient.connect(port: clients.port)
            try await waiting.request("GET", "/page")
            let next = try startWithSockets(clients, admin, file)
            defer { next.stop() }
            #expect(try await waiting.reply().status == 200)
            next.signal(SIGTERM)
            #expect(try await next.exit() == 0)
        }
    }
}
