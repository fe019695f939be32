import Foundation
import Testing

extension RunningPrograms {
    /// `gatewayd check`, and the exit codes of a start that fails.
    @Suite(.serialized, .seat) struct CommandTests {
        private static func write(_ text: String) throws -> (file: String, folder: TemporaryFolder) {
            let folder = try TemporaryFolder()
            let file = "\(folder.path)/gatewayd.yaml"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return (file, folder)
        }

        @Test("ten mistakes are ten lines with their places, and exit 78, also for a start")
        func tenMistakes() async throws {
            let (file, folder) = try Self.write(
                """
                listen: [127.0.0.1:99999]
                wrokers: 2
                drain: soon
                upstreams:
                  users: { servers: [ftp://127.0.0.1:9001] }
                  orders: { servers: [http://127.0.0.1:9003] }
                limits: { request_body: 10MB }
                routes:
                  - path: /page/{id}
                    fan_out:
                      - { name: user, upstream: orders, path: "/users/{ID}", timout: 300ms }
                      - { name: orders, upstream: order, path: "/orders" }
                      - { name: ads, url: "http://127.0.0.1:9005/ads", required: maybe }
                  - path: /page/{name}
                    fan_out: [{ name: orders, upstream: orders, path: "/orders" }]

                """)
            defer { withExtendedLifetime(folder) {} }
            let check = try await Program.run(Program.gatewayd, "check", "--config", file)
            #expect(check.exitCode == 78)
            let lines = check.errors.filter { $0.hasPrefix("\(file):") }
            #expect(lines.count == 10 && check.errors.count == 10, "\(check.errors)")
            #expect(lines.allSatisfy { $0.dropFirst(file.count).firstMatch(of: #/^:[0-9]+:[0-9]+: ./#) != nil })
            #expect(lines.contains("\(file):2:1: unknown key 'wrokers' in the configuration; did you mean 'workers'?"))
            let start = try await Program.run(Program.gatewayd, "--config", file)
            #expect(start.exitCode == 78)
            #expect(start.errors == check.errors)
        }

        @Test("--effective prints a file that reads back to itself, without its secrets; schema prints a JSON Schema")
        func effectiveAndSchema() async throws {
            let (file, folder) = try Self.write(
                """
                tracing: { endpoint: "http://127.0.0.1:4318/v1/traces", headers: { Authorization: Bearer hunter2 } }
                routes: [{ path: /page, fan_out: [{ name: news, url: "http://127.0.0.1:9001/news" }] }]

                """)
            defer { withExtendedLifetime(folder) {} }
            let first = try await Program.run(Program.gatewayd, "check", "--config", file, "--effective")
            #expect(first.exitCode == 0 && first.errors == [])
            #expect(first.output.contains("drain: 30s") && !first.output.joined().contains("hunter2"))
            try first.output.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let second = try await Program.run(Program.gatewayd, "check", "--config", file, "--effective")
            #expect(second.output == first.output)
            let both = try await Program.run(
                Program.gatewayd, "check", "--config", file, "--effective", "--plan", "/page")
            #expect(both.exitCode == 64)
            let schema = try await Program.run(Program.gatewayd, "schema")
            #expect(schema.output.joined().contains("https://json-schema.org/draft/2020-12/schema"))
        }

        @Test("a good file is told as what it would run, and exit 0")
        func goodFile() async throws {
            let (file, folder) = try Self.write(
                """
                upstreams: { users: { servers: [http://127.0.0.1:9001] } }
                routes: [{ path: "/page/{id}", fan_out: [{ name: user, upstream: users, path: "/users/{id}" }] }]

                """)
            defer { withExtendedLifetime(folder) {} }
            let check = try await Program.run(Program.gatewayd, "check", "--config", file)
            #expect(check.exitCode == 0)
            #expect(check.output.contains { $0.contains("/page/{id}") })
            #expect(check.errors.isEmpty)
        }

        private static let page = """
            upstreams: { u: { servers: [http://h] } }
            routes:
              - path: /p/{id}
                fan_out:
                  - { name: user, upstream: u, path: "/u/{id}", timeout: 300ms, required: true }
                  - { name: cart, upstream: u, path: "/{user.body.x}", timeout: 1s }
                  - { name: last, upstream: u, path: /c, after: [cart], forward: { headers: [cookie], query: "*" } }

            """

        @Test("a plan says what waits for what and the worst case, as a table and as a graph")
        func plan() async throws {
            let (file, folder) = try Self.write(Self.page)
            defer { withExtendedLifetime(folder) {} }
            let table = try await Program.run(Program.gatewayd, "check", "--config", file, "--plan", "/p/{id}")
            #expect(table.exitCode == 0)
            #expect(
                table.output.map { $0.split(separator: " ").joined(separator: " ") } == [
                    "GET /p/{id}", "call after begins by ends by upstream target",
                    "user (required) - 0ms 300ms u /u/{id}",
                    "cart user 300ms 1300ms u /{user.body.x}", "last cart 1300ms 2s u /c",
                    "worst case 2s of at most 2s",
                ])
            let dot = try await Program.run(Program.gatewayd, "check", "--config", file, "--plan", "/p/{id}", "--dot")
            #expect(dot.output.first == "digraph \"/p/{id}\" {" && dot.output.last == "}")
            #expect(dot.output.contains("  \"user\" -> \"cart\"") && dot.output.contains("  \"cart\" -> \"last\""))
            let none = try await Program.run(Program.gatewayd, "check", "--config", file, "--plan", "/q")
            #expect(none.exitCode == 1)
            #expect(none.errors == ["gatewayd: no fan-out route has the path '/q'; those that have one are /p/{id}"])
        }

        @Test("explain says what a request would do, or why it would get no further")
        func explain() async throws {
            let (file, folder) = try Self.write(Self.page)
            defer { withExtendedLifetime(folder) {} }
            let good = try await Program.run(
                Program.gatewayd, "explain", "--config", file, "-H", "Cookie: a=1", "GET", "/p/a%20b?q=1")
            #expect(good.exitCode == 0, "\(good.errors)")
            #expect(good.output.contains("  {id} = a b"))
            #expect(good.output.contains("  user: GET /u/a%20b at http://h, within 300ms, required"))
            #expect(good.output.contains("  cart: GET /{user.body.x} at http://h, within 1s, after user"))
            #expect(good.output.last == "merge    group: user, cart, last")
            let wrong = try await Program.run(Program.gatewayd, "explain", "--config", file, "POST", "/p/7")
            #expect(wrong.exitCode == 1)
            #expect(wrong.errors == ["gatewayd: 405: the path takes GET, HEAD, not POST"])
        }

        @Test("a file that is not there is 78 and named")
        func missingFile() async throws {
            let check = try await Program.run(Program.gatewayd, "check", "--config", "/nowhere/gatewayd.yaml")
            #expect(check.exitCode == 78)
            #expect(check.errors.joined().contains("/nowhere/gatewayd.yaml"))
            #expect(try await Program.run(Program.gatewayd, "--config", "/nowhere/gatewayd.yaml").exitCode == 78)
        }

        @Test("bad usage is 64, help and version are 0")
        func usage() async throws {
            for program in [Program.gatewayd, Program.gatewayctl] {
                #expect(try await Program.run(program, "--nonsense").exitCode == 64)
                #expect(try await Program.run(program, "--help").exitCode == 0)
                #expect(try await Program.run(program, "--version").exitCode == 0)
            }
            #expect(try await Program.run(Program.gatewayctl, "fetch").exitCode == 64)
            #expect(try await Program.run(Program.gatewayctl, "fetch", "--timeout", "10", "http://h/").exitCode == 64)
        }

        @Test("an address that is taken is 69 and named")
        func addressTaken() async throws {
            let other = try await TestUpstream.start()
            let folder = try TemporaryFolder()
            let (file, configuration) = try Self.write(
                """
                listen: ["127.0.0.1:\(other.port)"]
                admin: 127.0.0.1:0
                control: \(folder.path)/control.sock
                upstreams: { users: { servers: [http://127.0.0.1:9001] } }
                routes: [{ path: /x, fan_out: [{ name: user, upstream: users, path: / }] }]

                """)
            defer { withExtendedLifetime((folder, configuration)) {} }
            let start = try await Program.run(Program.gatewayd, "--config", file)
            #expect(start.exitCode == 69)
            #expect(start.errors.joined().contains("127.0.0.1:\(other.port)"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/control.sock"))
        }
    }
}
