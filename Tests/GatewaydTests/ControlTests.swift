import Foundation
import Testing

extension RunningPrograms {
    /// `gatewayctl` against a running daemon.
    @Suite struct ControlTests {
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
