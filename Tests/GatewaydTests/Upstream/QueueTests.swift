import Foundation
import Testing

extension RunningPrograms {
    /// `max_in_flight`, `max_queue` and `limits.in_flight`: how many calls run, wait, and are turned away.
    @Suite(.serialized, .seat) struct QueueTests {
        private static func paths(_ count: Int) -> [String] { (0..<count).map { "/h\($0)" } }

        /// An upstream that keeps every request until its path is released.
        private static func holding(_ paths: [String]) async throws -> TestUpstream {
            let upstream = try await TestUpstream.start()
            for path in paths { upstream.on(path, .hold(then: .json("\"\(path)\""))) }
            return upstream
        }

        private static func calls(_ range: Range<Int>, keys: String = "") -> String {
            range.map { "{ name: c\($0), upstream: all, path: /h\($0)\(keys) }" }.joined(separator: ", ")
        }

        private static func errors(_ reply: HTTPReply) throws -> [String: String] {
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            return results.compactMapValues { $0["error"] as? String }
        }

        @Test(
            "four calls run, two wait and are served in their order, the others are overloaded",
            arguments: TestEngine.allCases)
        func lined(engine: TestEngine) async throws {
            let upstream = try await Self.holding(Self.paths(10))
            let gateway = try await Gateway.start(
                """
                upstreams:
                  all: { servers: ["\(upstream.url)"], engine: \(engine), max_in_flight: 4, max_queue: 2 }
                routes: [{ path: /page, timeout: 25s, merge: envelope, fan_out: [\(Self.calls(0..<10))] }]
                """)
            let client = try await gateway.connect()
            try await client.request("GET", "/page")
            try await waitUntil("four were at the upstream") {
                (0..<4).allSatisfy { upstream.inFlight("/h\($0)") == 1 }
            }
            try await waitUntil("the excess had failed") {
                try await gateway.stats().totals.calls.failed["overloaded"] == 4
            }
            // Whoever ends, the first in line comes next.
            for (ends, next) in [(2, 4), (0, 5)] {
                #expect(upstream.requests("/h\(next)").isEmpty)
                upstream.release("/h\(ends)")
                try await waitUntil("\(next) was at the upstream") { upstream.inFlight("/h\(next)") == 1 }
            }
            for path in Self.paths(10) { upstream.release(path) }
            let reply = try await client.reply()
            #expect(try Self.errors(reply) == ["c6", "c7", "c8", "c9"].reduce(into: [:]) { $0[$1] = "overloaded" })
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            for index in 0..<6 { #expect(results["c\(index)"]?["body"] as? String == "/h\(index)") }
            #expect(upstream.mostInFlight == 4)
            #expect(upstream.requests("/h6").isEmpty && upstream.requests("/h9").isEmpty)
            #expect(try await gateway.stats().totals.calls.in_flight == 0)
        }

        @Test("under load there are never more than four at once, and all are served", arguments: TestEngine.allCases)
        func busy(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/h0", .delay(.milliseconds(2), then: .json("1")))
            let gateway = try await Gateway.start(
                """
                upstreams:
                  all: { servers: ["\(upstream.url)"], engine: \(engine), max_in_flight: 4 }
                routes: [{ path: /page, timeout: 25s, fan_out: [{ name: c, upstream: all, path: /h0, required: true }] }]
                """)
            let clients = LoadClients.start(port: gateway.port, connections: 40, path: "/page", limit: 2_000)
            try await waitUntil("all were served") { clients.areDone }
            let result = await clients.stop()
            #expect(result.failures.isEmpty && result.answered == 2_000, "\(result.failures.prefix(3))")
            #expect(upstream.mostInFlight == 4)
        }

        @Test("the worker's own limit turns away what is beyond it", arguments: TestEngine.allCases)
        func workerLimit(engine: TestEngine) async throws {
            let upstream = try await Self.holding(Self.paths(5))
            let gateway = try await Gateway.start(
                """
                limits: { in_flight: 3 }
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes: [{ path: /page, timeout: 25s, merge: envelope, fan_out: [\(Self.calls(0..<5))] }]
                """)
            for _ in 0..<2 {
                for path in Self.paths(5) { upstream.on(path, .hold(then: .json("1"))) }
                let client = try await gateway.connect()
                try await client.request("GET", "/page")
                try await waitUntil("three were at the upstream") {
                    (0..<3).allSatisfy { upstream.inFlight("/h\($0)") == 1 }
                }
                for path in Self.paths(5) { upstream.release(path) }
                #expect(try await Self.errors(client.reply()) == ["c3": "overloaded", "c4": "overloaded"])
            }
            #expect(upstream.mostInFlight == 3)
        }

        @Test("a call that waits too long fails as timeout and leaves its place", arguments: TestEngine.allCases)
        func waitsTooLong(engine: TestEngine) async throws {
            let upstream = try await Self.holding(Self.paths(3))
            let gateway = try await Gateway.start(
                """
                upstreams:
                  all: { servers: ["\(upstream.url)"], engine: \(engine), max_in_flight: 1, max_queue: 1 }
                routes:
                  - { path: /first, timeout: 25s, merge: envelope, fan_out: [\(Self.calls(0..<1))] }
                  - { path: /short, timeout: 200ms, merge: envelope, fan_out: [\(Self.calls(1..<2)), \(Self.calls(2..<3))] }
                  - { path: /last, timeout: 25s, merge: envelope, fan_out: [\(Self.calls(2..<3))] }
                """)
            let first = try await gateway.connect()
            try await first.request("GET", "/first")
            try await waitUntil("the first was at the upstream") { upstream.inFlight("/h0") == 1 }
            // A page whose calls all failed is a problem that names them.
            let short = try await gateway.get("/short")
            let failed = try #require(short.json["failed"] as? [[String: Any]])
            #expect(failed.map { $0["error"] as? String } == ["timeout", "overloaded"])
            let last = try await gateway.connect()
            try await last.request("GET", "/last")
            try await waitUntil("the last one waited") { try await gateway.stats().totals.calls.in_flight == 2 }
            upstream.release("/h0")
            try await waitUntil("the last one was at the upstream") { upstream.inFlight("/h2") == 1 }
            upstream.release("/h2")
            #expect(try await Self.errors(first.reply()) == [:])
            #expect(try await Self.errors(last.reply()) == [:])
            #expect(upstream.requests("/h1").isEmpty, "what nobody waits for any more is not asked for")
            #expect(upstream.mostInFlight == 1)
        }

        @Test(
            "a client that goes away takes its calls along: queued, connecting and at the upstream",
            arguments: TestEngine.allCases)
        func disconnect(engine: TestEngine) async throws {
            let hole = try FullBacklog()
            let upstream = try await Self.holding(Self.paths(5))
            upstream.on("/good", .json("1"))
            let connecting = (0..<3).map { "{ name: d\($0), upstream: hole, path: / }" }.joined(separator: ", ")
            let gateway = try await Gateway.start(
                """
                upstreams:
                  all: { servers: ["\(upstream.url)"], engine: \(engine), max_in_flight: 2 }
                  hole: { servers: ["http://127.0.0.1:\(hole.port)"], engine: \(engine) }
                routes:
                  - { path: /page, timeout: 60s, fan_out: [\(Self.calls(0..<5)), \(connecting)] }
                  - { path: /good, timeout: 5s, fan_out: [{ name: c, upstream: all, path: /good }] }
                """)
            #expect(try await gateway.get("/good").body == #"{"c":1}"#)
            let pid = try #require(try await gateway.stats().workers.first?.pid)
            let before = ProcessFiles.descriptors(of: pid).count
            for round in 1...3 {
                let client = try await gateway.connect()
                try await client.request("GET", "/page")
                try await waitUntil("two were at the upstream") {
                    upstream.inFlight("/h0") == 1 && upstream.inFlight("/h1") == 1
                }
                #expect(try await gateway.stats().totals.calls.in_flight == 8)
                client.disconnect()
                try await waitUntil("the calls were gone") {
                    let calls = try await gateway.stats().totals.calls
                    return calls.in_flight == 0 && calls.failed["cancelled"] == 8 * round
                }
                try await waitUntil("the upstream saw them go") {
                    upstream.disconnects("/h0") == round && upstream.disconnects("/h1") == round
                }
                // Their places are free.
                #expect(try await gateway.get("/good").body == #"{"c":1}"#)
            }
            #expect(upstream.requests("/h2").isEmpty, "what waited was never asked for")
            try await waitUntil("no descriptor was left: \(before), \(ProcessFiles.descriptors(of: pid))") {
                ProcessFiles.descriptors(of: pid).count <= before + 1
            }
            withExtendedLifetime(hole) {}
        }
    }
}
