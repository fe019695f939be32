import Foundation
import Testing

extension RunningPrograms {
    /// Another program in the place of the one that runs.
    @Suite(.serialized, .alone) struct UpgradeTests {
        private static let settings = "reload: { canary: 20ms }"

        private static func start(
            _ installed: InstalledProgram, _ upstream: TestUpstream, unixSocket: Bool = false,
            environment: [String: String] = [:]
        ) async throws -> Gateway {
            try await Gateway.start(
                Page.configuration(upstream, settings: settings), workers: 2, unixSocket: unixSocket,
                environment: environment, as: .init(executable: installed.path))
        }

        @Test("upgrades under load lose no request; process, listeners and totals stay, and the program is the new one")
        func underLoad() async throws {
            let installed = try InstalledProgram()
            let upstream = try await Page.upstream()
            let gateway = try await Self.start(installed, upstream, unixSocket: true)
            let before = try await gateway.stats()
            let load = LoadClients.start(port: gateway.port, connections: 16, path: "/page", reconnects: true)
            let sampler = TotalsSampler(gateway)
            for round in 1...3 {
                let answered = load.answered
                try await waitUntil("load is under way") { load.answered > answered + 200 }
                try installed.replace()
                if round == 2 {
                    gateway.signal(SIGUSR2)
                    try await waitUntil("the signal was followed") {
                        try await gateway.stats().supervisor.generation == 3
                    }
                } else {
                    let upgrade = try await gateway.control("upgrade")
                    #expect(upgrade.exitCode == 0 && upgrade.output == ["generation \(round + 1) is in use"])
                }
            }
            let result = await load.stop()
            #expect(result.failures == [])
            let sampled = await sampler.stop()
            #expect(sampled.samples > 0 && sampled.steps == [])
            let after = try await gateway.stats()
            #expect(after.supervisor.pid == gateway.pid && after.workers.map(\.generation) == [4, 4])
            #expect(after.totals.requests.total == result.answered)
            #expect(after.supervisor.uptime_seconds >= before.supervisor.uptime_seconds)
            #expect(Set(after.workers.map(\.pid)).isDisjoint(with: before.workers.map(\.pid)))
            for pid in [gateway.pid] + after.workers.map({ pid_t($0.pid) }) {
                #expect(InstalledProgram.inode("/proc/\(pid)/exe") == installed.inode)
            }
            let client = try await RawClient.connect(path: gateway.socketPath)
            try await client.request("GET", "/page")
            #expect(try await client.reply().status == 200)
            try await waitUntil("the admin process is the new program's") {
                gateway.events.count { $0.event == "admin_ready" } == 4
            }
            // It ends as if nothing had been, and removes its socket's file.
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            try await gateway.program.allGone()
            #expect(!FileManager.default.fileExists(atPath: gateway.socketPath))
        }

        @Test(
            "a program that cannot start leaves the one that runs serving, and status says why",
            arguments: ["#!/bin/sh\nexit 3\n", "#!/bin/true\n", "no program at all", "#!/bin/sh\nkill -SEGV $$\n"])
        func badProgram(script: String) async throws {
            let installed = try InstalledProgram()
            let upstream = try await Page.upstream()
            let gateway = try await Self.start(installed, upstream)
            let before = try await gateway.stats().workers.map(\.pid)
            try installed.replace(with: script)
            let upgrade = try await gateway.control("upgrade")
            #expect(upgrade.exitCode == 78, "\(upgrade)")
            try await gateway.waitFor(event: "upgrade_refused")
            let after = try await gateway.stats()
            #expect(after.workers.map(\.pid) == before && after.supervisor.generation == 1)
            #expect(after.supervisor.reload?.outcome == "refused" && after.supervisor.state == "running")
            #expect(try await gateway.get("/page").status == 200)
            // Put right, it goes.
            try installed.replace()
            #expect(try await gateway.control("upgrade").exitCode == 0)
            gateway.stop()
        }

        @Test(
            "a new program that finds an address taken gives way to the old one, whose workers have served all the time"
        )
        func comesBack() async throws {
            let installed = try InstalledProgram()
            let upstream = try await Page.upstream()
            let gateway = try await Self.start(installed, upstream)
            let before = try await gateway.stats()
            let file = "\(gateway.directory)/gatewayd.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let taken = text.replacing("\"127.0.0.1:0\"", with: "\"127.0.0.1:0\", \"127.0.0.1:\(upstream.port)\"")
            try taken.write(toFile: file, atomically: true, encoding: .utf8)
            try installed.replace()
            let load = LoadClients.start(port: gateway.port, connections: 8, path: "/page", reconnects: true)
            gateway.signal(SIGUSR2)
            try await gateway.waitFor(event: "upgrade_refused")
            let result = await load.stop()
            #expect(result.failures == [])
            let after = try await gateway.stats()
            #expect(after.workers.map(\.pid) == before.workers.map(\.pid))
            #expect(after.supervisor.reload?.outcome == "refused" && after.supervisor.pid == gateway.pid)
            #expect(after.supervisor.reload?.message.contains("Address already in use") == true)
            gateway.stop()
        }

        @Test("systemd is told which process it is, and that it is ready")
        func notification() async throws {
            let installed = try InstalledProgram()
            let upstream = try await Page.upstream()
            let socket = try NotifySocket()
            let gateway = try await Self.start(
                installed, upstream, environment: ["NOTIFY_SOCKET": socket.address])
            try installed.replace()
            #expect(try await gateway.control("upgrade").exitCode == 0)
            try await waitUntil("it was told") { socket.assignments.contains("MAINPID=\(gateway.pid)") }
            try await waitUntil("it is ready again") {
                socket.assignments.split(separator: "MAINPID=\(gateway.pid)").last?.contains("READY=1") ?? false
            }
            gateway.stop()
        }
    }
}
