import Foundation
import Testing

extension RunningPrograms {
    /// `gatewayctl` against a running daemon.
    @Suite(.serialized, .seat) struct ControlTests {
        @Test("status and stats are told over the control socket, as a table and as JSON")
        func statusAndStats() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .json("1"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes: [{ path: /a, fan_out: [{ name: a, upstream: all, path: /a }] }]
                """, workers: 2)
            for _ in 0..<3 { #expect(try await gateway.get("/a").status == 200) }
            let table = try await Program.run(Program.gatewayctl, "status", "--socket", gateway.controlPath)
            #expect(table.exitCode == 0)
            #expect(table.output.count == 4)
            #expect(table.output.first?.contains("running, pid \(gateway.pid), ") == true)
            #expect(table.output.first?.contains("2/2 workers ready") == true)
            let json = try await Program.run(
                Program.gatewayctl, "status", "--json", "--socket", gateway.controlPath)
            let status = try #require(try Self.object(json.output))
            #expect((status["workers"] as? [Any])?.count == 2)
            for arguments in [["stats"], ["stats", "--json"]] {
                let program = try Program(Program.gatewayctl, arguments + ["--socket", gateway.controlPath])
                #expect(try await program.exit() == 0)
                try await program.allGone()
                let stats = try JSONDecoder().decode(Stats.self, from: Data(program.output.lines.joined().utf8))
                #expect(stats.supervisor.pid == gateway.pid)
                #expect(stats.totals.requests.total == 3)
                #expect(stats.upstreams["all"]?.calls_total == 3)
            }
        }

        @Test("status says at a glance whether all is well, and its exit code does too")
        func glance() async throws {
            let gateway = try await Gateway.start(
                "restart: { intensity: 1, period: 60s, hold: 1h }\n" + Page.configuration(try await Page.upstream()),
                workers: 2)
            let well = try await gateway.control("status")
            #expect(well.exitCode == 0 && well.output.first?.hasPrefix("ok: gatewayd ") == true)
            // The second death within the window holds the slot.
            for _ in 0..<2 {
                let worker = try #require(try await gateway.stats().workers.first)
                guard worker.pid > 0 else { break }
                gateway.signal(SIGKILL, to: worker.pid)
                try await waitUntil("its end was noted") {
                    let now = try await gateway.stats().workers[0]
                    return now.state == "held" || (now.state == "ready" && now.pid != worker.pid)
                }
            }
            try await gateway.waitFor(event: "worker_held")
            let ill = try await gateway.control("status")
            #expect(ill.exitCode == 1)
            #expect(ill.output.first?.hasPrefix("degraded: worker 0 is held after signal SIGKILL: ") == true)
            #expect(try await gateway.control("status", "--json").exitCode == 1)
            #expect(try await gateway.control("restart", "0", "--json").output == [#"{"restart":"accepted"}"#])
            try await waitUntil("it is well again") { try await gateway.control("status").exitCode == 0 }
            gateway.stop()
        }

        @Test("top prints a line for each look where there is no terminal, and JSON where that is asked for")
        func topWithoutTerminal() async throws {
            let gateway = try await Gateway.start(Page.configuration(try await Page.upstream()))
            let top = try await gateway.control("top", "--interval", "50ms", "--count", "3")
            #expect(top.exitCode == 0 && top.output.count == 3)
            #expect(top.output.allSatisfy { $0.hasPrefix("running 1/1 workers, ") })
            let json = try await gateway.control("top", "--json", "--interval", "50ms", "--count", "2")
            #expect(json.output.count == 2)
            for line in json.output { _ = try JSONDecoder().decode(Stats.self, from: Data(line.utf8)) }
            #expect(try await gateway.control("top", "--count", "0").exitCode == 64)
            gateway.stop()
        }

        @Test(
            "whoever sends something else, half of something or nothing, or never reads, is told or dropped; others are served",
            .tags(.slow)
        )
        func odd() async throws {
            let gateway = try await Gateway.start(Page.configuration(try await Page.upstream()))
            let http = try await RawClient.connect(path: gateway.controlPath)
            try await http.send("GET / HTTP/1.1\r\n\r\n")
            #expect(try await http.hears("use gatewayctl"))
            let other = try await RawClient.connect(path: gateway.controlPath)
            try await other.send("GWC\u{9}\0\0\0\u{6}status")
            #expect(try await other.hears("version 1 of the control protocol and you 9"))
            let large = try await RawClient.connect(path: gateway.controlPath)
            try await large.send("GWC\u{1}\0\u{7F}\0\0")
            #expect(try await large.hears("at most 4096 bytes"))
            var idle: [RawClient] = []
            // More than it takes at a time: some wait in the queue until others are dropped.
            for _ in 0..<40 { idle.append(try await RawClient.connect(path: gateway.controlPath)) }
            try await idle[0].send("GWC\u{1}\0\0\0\u{6}sta")
            try await idle[1].send("GWC\u{1}\0\0\0\u{5}stats")
            let status = try await gateway.control("status")
            #expect(status.exitCode == 0)
            #expect(try await gateway.get("/page").status == 200)
            withExtendedLifetime(idle) {}
            gateway.stop()
        }

        @Test(
            "another user may not control the daemon, even where the file's mode would let them",
            .enabled(if: getuid() == 0))
        func credentials() async throws {
            let gateway = try await Gateway.start(Page.configuration(try await Page.upstream()))
            chmod(gateway.controlPath, 0o666)
            chmod(gateway.directory, 0o755)
            let copy = "\(gateway.directory)/gatewayctl"
            try FileManager.default.copyItem(atPath: Program.gatewayctl, toPath: copy)
            let stranger = try await Program.run(
                "/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy, "stop", "--socket",
                gateway.controlPath)
            #expect(stranger.exitCode != 0 && !stranger.output.contains { $0.contains("draining") }, "\(stranger)")
            #expect(try await gateway.get("/page").status == 200)
            gateway.stop()
        }

        @Test("the control socket is the owner's alone")
        func mode() async throws {
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["http://127.0.0.1:9"] } }
                routes: [{ path: /a, fan_out: [{ name: a, upstream: all, path: /a }] }]
                """)
            let attributes = try FileManager.default.attributesOfItem(atPath: gateway.controlPath)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }

        @Test("stop ends the daemon with 0, and without a daemon every command is 69")
        func stop() async throws {
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["http://127.0.0.1:9"] } }
                routes: [{ path: /a, fan_out: [{ name: a, upstream: all, path: /a }] }]
                """)
            let path = gateway.controlPath
            #expect(try await Program.run(Program.gatewayctl, "stop", "--socket", path).exitCode == 0)
            #expect(try await gateway.exit() == 0)
            try await gateway.program.allGone()
            for command in ["status", "stats", "stop", "drain"] {
                let result = try await Program.run(Program.gatewayctl, command, "--socket", path)
                #expect(result.exitCode == 69)
                #expect(result.errors.joined().contains(path))
            }
        }

        private static func object(_ lines: [String]) throws -> [String: Any]? {
            try JSONSerialization.jsonObject(with: Data(lines.joined().utf8)) as? [String: Any]
        }
    }
}
