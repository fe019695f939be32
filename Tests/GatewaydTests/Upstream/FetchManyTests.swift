import Foundation
import Testing

extension RunningPrograms {
    /// `gatewayctl fetch` with more URLs than it may fetch at once.
    @Suite(.serialized, .seat) struct FetchManyTests {
        @Test("of a thousand URLs a hundred at once are fetched, and all of them told in their order")
        func thousand() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/x", .hold(then: .status(200, "x")))
            let urls = (0..<1_000).map { "\(upstream.url)/x?\($0)" }
            let program = try Program(Program.gatewayctl, ["fetch", "--max-in-flight", "100"] + urls)
            defer { program.stop() }
            try await waitUntil("a hundred were asked for") { upstream.inFlight("/x") == 100 }
            upstream.release("/x")
            #expect(try await program.exit() == 0)
            try await program.allGone()
            #expect(upstream.mostInFlight == 100)
            #expect(upstream.requests("/x").count == 1_000)
            #expect(
                program.output.lines.dropLast() == urls.map { "Successfully fetched \($0) (first 50 bytes): x" }[...])
            // Standard error is no terminal here.
            #expect(program.errors.lines == [])
        }

        @Test(
            "on a terminal a line tells how far it is, and goes away",
            .enabled(
                if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"),
                "script (bsdutils) makes the terminal, and it is not installed"))
        func progress() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/x", .status(200, "x"))
            upstream.on("/missing", .status(404, ""))
            let urls = (0..<20).map { "\(upstream.url)/x?\($0)" } + ["\(upstream.url)/missing"]
            let command = ([Program.gatewayctl, "fetch", "--max-in-flight", "4"] + urls).joined(separator: " ")
            let program = try Program("/usr/bin/script", ["--quiet", "--return", "--command", command, "/dev/null"])
            defer { program.stop() }
            #expect(try await program.exit() == 1)
            try await program.allGone()
            let screen = program.output.lines.joined(separator: "\n")
            #expect(screen.contains("\r\u{1B}[K1/21 done, 0 failed"))
            #expect(screen.contains("\r\u{1B}[K21/21 done, 1 failed\r\u{1B}[KSuccessfully fetched \(urls[0])"))
        }
    }
}
