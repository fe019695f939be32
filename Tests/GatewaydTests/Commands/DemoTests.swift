import Foundation
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct DemoTests {
        @Test("the demo says what to try, /five answers as promised, and INT ends all of it with 0")
        func demo() async throws {
            let folder = try TemporaryFolder()
            let program = try Program(
                Program.gatewayd,
                [
                    "demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "2",
                    "--socket", "\(folder.path)/demo.sock",
                ])
            defer { program.stop() }
            try await waitUntil("the demo said what to try") {
                program.output.lines.contains { $0.hasPrefix("Ctrl-C") }
            }
            let guide = program.output.lines.joined(separator: "\n")
            let found = try #require(try #/gateway at http://127\.0\.0\.1:([0-9]+),/#.firstMatch(in: guide))
            let port = try #require(Int(found.1))
            #expect(guide.contains("curl -i http://127.0.0.1:\(port)/five"))
            let client = try await RawClient.connect(port: port)
            try await client.request("GET", "/five")
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.header("X-Gateway-Failed") == "unreachable;connect")
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            #expect(Set(results.keys) == ["users", "orders", "news", "slow", "unreachable"])
            #expect(results["slow"]?["status"] as? Int == 200)
            #expect(try #require(reply.json["elapsed_ms"] as? Double) >= 1_990)
            for (path, status) in [("/page/42", 200), ("/merged", 200), ("/list", 200), ("/broken", 502)] {
                try await client.request("GET", path)
                #expect(try await client.reply().status == status, "\(path)")
            }
            program.signal(SIGINT)
            #expect(try await program.exit() == 0)
            try await program.allGone()
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/demo.sock"))
        }
    }
}
