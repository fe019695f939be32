import Foundation
import Testing

extension RunningPrograms {
    /// What becomes of a worker whose event loop itself meets a fault or hangs, as a mistake in it would have it.
    @Suite(
        .serialized, .seat,
        .enabled("wants gdb and the toolchain's swift-backtrace, on x86-64") {
            #if arch(x86_64)
                return Debugger.executable != nil && Debugger.backtracer != nil
            #else
                return false
            #endif
        }) struct LoopFaultTests
    {
        /// Has the loop of a worker with a request in hand go on at an address; the report of its end, and all lines.
        private static func report(
            at address: String, settings: String = ""
        ) async throws -> (crash: Stats.Crash, lines: [String]) {
            let upstream = try await Page.upstream()
            upstream.on("/first", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(
                Page.configuration(upstream, settings: settings),
                environment: ["SWIFT_BACKTRACE": "swift-backtrace=\(try #require(Debugger.backtracer))"])
            let client = try await gateway.connect()
            try await client.request("GET", "/page")
            try await waitUntil("the upstream has it") { upstream.inFlight("/first") == 1 }
            let victim = try #require(try await gateway.stats().workers.first)
            try await Debugger.send(thread: "loop", of: victim.pid, to: address)
            try await waitUntil("its successor serves", limit: .seconds(60)) {
                let now = try await gateway.stats().workers[0]
                return now.pid != victim.pid && now.state == "ready"
            }
            try await waitUntil("nothing of its process group is left") { kill(-victim.pid, 0) != 0 && errno == ESRCH }
            let crash = try #require(try await gateway.stats().crashes.last)
            #expect(crash.pid == victim.pid && crash.requests.map(\.route) == ["/page"])
            gateway.stop()
            try await gateway.program.allGone()
            return (crash, gateway.events.compactMap(\.text))
        }

        @Test("a fault on the event loop is reported with a backtrace of the loop, and not only with its signal")
        func fault() async throws {
            let (crash, lines) = try await Self.report(at: "0x10")
            #expect(crash.reason == "signal SIGSEGV")
            #expect(lines.contains { $0.contains("\"loop\" crashed") }, "\(lines)")
            #expect(crash.stderr.contains("Backtrace took"))
        }

        @Test("an event loop that hangs is aborted, and the backtrace shows where it hung", .tags(.slow))
        func hang() async throws {
            // Longer than gdb holds the process on a busy machine, which must not count as the hang.
            let (crash, lines) = try await Self.report(at: "&pause", settings: "heartbeat_stale: 6s")
            #expect(crash.reason == "unresponsive")
            #expect(lines.contains { $0.contains("\"loop\" crashed") }, "\(lines)")
            #expect(lines.contains { $0.contains("pause") && $0.contains("libc.so") }, "\(lines)")
            #expect(crash.stderr.contains("Backtrace took"))
        }
    }
}
