import Foundation
import Testing

extension RunningPrograms {
    /// Every command that the documentation tells a reader to type.
    @Suite(.serialized, .seat) struct CommandLineTests {
        /// What the commands are about: a daemon with the README's configuration, its upstream, and the demo.
        private struct Stage {
            let gateway: Gateway
            let upstream: TestUpstream
            let demo: Program
            let demoPorts: (clients: Int, admin: Int)
            let folder: TemporaryFolder

            /// A command with the addresses and files of this stage in place of those that readers have.
            func script(_ command: String, _ way: DocumentedCommands.Way) -> String? {
                var text =
                    command
                    .replacingOccurrences(of: "/etc/gatewayd/gatewayd.yaml", with: "gatewayd.yaml")
                    .replacingOccurrences(of: "/tmp/front/", with: "\(folder.path)/")
                    .replacingOccurrences(of: ":9001/", with: ":\(upstream.port)/")
                let isDemo = if case .demo = way { true } else { false }
                text =
                    text
                    .replacingOccurrences(of: ":8080", with: ":\(isDemo ? demoPorts.clients : gateway.port)")
                    .replacingOccurrences(of: ":9180", with: ":\(isDemo ? demoPorts.admin : gateway.adminPort)")
                if text.hasPrefix("gatewayctl ") && !text.contains("--help") {
                    text += " --socket \(gateway.controlPath)"
                }
                if text.hasPrefix("curl ") { text += " -w '%{stderr}%{http_code}'" }
                let path = "export PATH=\"\(Program.folder.path):$PATH\""
                switch way {
                case .daemon, .demo: return "\(path); cd \(folder.path) && \(text)"
                case .repository: return "\(path); cd \(Repository.root.path) && \(text)"
                case .dryRun:
                    return "cd \(Repository.root.path) && \(text.replacingOccurrences(of: "make", with: "make -n"))"
                case .not: return nil
                }
            }
        }

        private func stage() async throws -> Stage {
            let upstream = try await TestUpstream.start()
            for path in ["/users/42", "/orders", "/a"] { upstream.on(path, .json("{}")) }
            let folder = try TemporaryFolder()
            let example = try #require(try Document("README.md").blocks("yaml").first)
            try example.write(toFile: "\(folder.path)/gatewayd.yaml", atomically: true, encoding: .utf8)
            let gateway = try await Gateway.start(
                """
                routes:
                  - { path: "/page/{id}", fan_out: [{ name: user, url: "\(upstream.url)/users/{id}" }] }
                  - { path: /fetch, batch: { allow: ["http://127.0.0.1:*"] } }
                """)
            let demo = try Program(
                Program.gatewayd,
                [
                    "demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "1", "--socket",
                    "\(folder.path)/demo.sock",
                ])
            try await waitUntil("the demo was ready") {
                demo.errors.lines.contains { $0.contains("\"event\":\"all_ready\"") }
            }
            let events = demo.errors.lines.compactMap(LogEvent.init).filter { $0.event == "listening" }
            func port(_ purpose: String) throws -> Int {
                let address = try #require(events.first { $0.purpose == purpose }).address
                return try #require(address.split(separator: ":").last.flatMap { Int($0) })
            }
            return try Stage(
                gateway: gateway, upstream: upstream, demo: demo, demoPorts: (port("clients"), port("admin")),
                folder: folder)
        }

        @Test("every command runs, or a list says why it cannot", .tags(.slow))
        func commands() async throws {
            let stage = try await stage()
            defer { stage.demo.stop() }
            var commands: [String] = []
            for path in Document.all {
                let found = try Document(path).commands
                for command in found where DocumentedCommands.way(of: command) == nil {
                    Issue.record("\(path): say in DocumentedCommands how '\(command)' is run, or why it is not")
                }
                commands += found
            }
            #expect(commands.count > 30)
            // What ends the daemon comes last.
            for command in Set(commands).sorted(by: {
                ($0.contains("drain") ? 1 : 0, $0) < ($1.contains("drain") ? 1 : 0, $1)
            }) {
                guard let way = DocumentedCommands.way(of: command), let script = stage.script(command, way) else {
                    continue
                }
                let result = try await Program.run("/bin/bash", "-c", script)
                #expect(result.exitCode == 0, "\(script): \(result.output.suffix(5)) \(result.errors)")
                guard command.hasPrefix("curl ") else { continue }
                #expect(
                    result.errors.last?.hasSuffix(command.contains("/broken") ? "502" : "200") == true,
                    "\(script): \(result)")
            }
        }
    }
}
