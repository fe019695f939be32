import Foundation
import Testing

extension RunningPrograms {
    /// `gatewayctl fetch`: the fan-out by hand.
    @Suite(.serialized, .seat) struct FetchTests {
        private static func start() async throws -> TestUpstream {
            let upstream = try await TestUpstream.start()
            upstream.on("/slow", .delay(.milliseconds(300), then: .status(200, "slow answer")))
            upstream.on("/fast", .status(200, "fast answer"))
            upstream.on("/missing", .status(404, ""))
            upstream.on("/never", .never)
            return upstream
        }

        @Test("a line per URL in the order given, then the time; 0 when all were fetched")
        func allFetched() async throws {
            let upstream = try await Self.start()
            let (slow, fast) = ("\(upstream.url)/slow", "\(upstream.url)/fast")
            let result = try await Program.run(Program.gatewayctl, "fetch", slow, fast, "--preview", "4")
            #expect(result.exitCode == 0)
            #expect(result.output.count == 3)
            #expect(result.output.first == "Successfully fetched \(slow) (first 4 bytes): slow")
            #expect(result.output.dropFirst().first == "Successfully fetched \(fast) (first 4 bytes): fast")
            #expect(result.output.last?.hasPrefix("Total execution time: ") == true)
            let plain = try await Program.run(Program.gatewayctl, "fetch", fast)
            #expect(plain.output.first == "Successfully fetched \(fast) (first 50 bytes): fast answer")
        }

        @Test("what fails says why in its place, the others are fetched, and the exit code is 1")
        func someFail() async throws {
            let upstream = try await Self.start()
            let dead = try DeadPort()
            let urls = [
                "http://127.0.0.1:\(dead.port)/", "\(upstream.url)/fast", "\(upstream.url)/missing",
                "\(upstream.url)/never",
            ]
            let program = try Program(Program.gatewayctl, ["fetch", "--timeout", "700ms"] + urls)
            #expect(try await program.exit() == 1)
            try await program.allGone()
            #expect(
                program.output.lines.dropLast() == [
                    "Error fetching \(urls[0]): connect",
                    "Successfully fetched \(urls[1]) (first 50 bytes): fast answer",
                    "Error fetching \(urls[2]): status 404", "Error fetching \(urls[3]): timeout",
                ])
            withExtendedLifetime(dead) {}
        }

        @Test("--json is one document with the members of a batch answer")
        func json() async throws {
            let upstream = try await Self.start()
            let program = try Program(
                Program.gatewayctl, ["fetch", "--json", "\(upstream.url)/fast", "\(upstream.url)/missing"])
            #expect(try await program.exit() == 1)
            try await program.allGone()
            let data = Data(program.output.lines.joined().utf8)
            let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(document["elapsed_ms"] is Double)
            let results = try #require(document["results"] as? [[String: Any]])
            #expect(results.map { $0["url"] as? String } == ["\(upstream.url)/fast", "\(upstream.url)/missing"])
            #expect(results.first?["status"] as? Int == 200)
            #expect(results.first?["bytes"] as? Int == 11)
            #expect(results.first?["preview"] as? String == "fast answer")
            #expect(results.last?["error"] as? String == "status")
            #expect(results.allSatisfy { $0["ms"] is Double })
        }

        @Test("all URLs are fetched at once unless --max-in-flight says how many")
        func maxInFlight() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/x", .delay(.milliseconds(20), then: .status(200, "x")))
            let urls = (0..<20).map { "\(upstream.url)/x?\($0)" }
            let two = try Program(Program.gatewayctl, ["fetch", "--max-in-flight", "2"] + urls)
            #expect(try await two.exit() == 0)
            try await two.allGone()
            #expect(upstream.mostInFlight == 2)
            #expect(two.output.lines.count == 21)
            let held = try await TestUpstream.start()
            held.on("/x", .hold(then: .status(200, "x")))
            let all = try Program(Program.gatewayctl, ["fetch"] + (0..<20).map { "\(held.url)/x?\($0)" })
            try await waitUntil("all twenty were asked for") { held.inFlight("/x") == 20 }
            held.release("/x")
            #expect(try await all.exit() == 0)
        }
    }
}
