import Foundation
import Testing

extension RunningPrograms {
    /// Calls that fail: each is named with its reason, and disturbs no other.
    @Suite(.serialized, .seat) struct FailureTests {
        private static func upstream() async throws -> TestUpstream {
            let upstream = try await TestUpstream.start()
            upstream.on("/good", .json("1"))
            upstream.on("/status", .status(503, "{}"))
            upstream.on("/invalid", .json(#"{"half":"#))
            upstream.on("/large", .json("\"" + String(repeating: "x", count: 100_000) + "\""))
            upstream.on("/reset", .reset)
            upstream.on("/early", .closeEarly)
            upstream.on("/noise", .raw("this is no HTTP\r\n\r\n"))
            upstream.on("/never", .never)
            return upstream
        }

        private static func start() async throws -> (TestUpstream, DeadPort, Gateway) {
            let upstream = try await upstream()
            let dead = try DeadPort()
            let gateway = try await Gateway.start(
                """
                limits: { response_body: 64KiB }
                upstreams:
                  all: { servers: ["\(upstream.url)"] }
                  dead: { servers: ["http://127.0.0.1:\(dead.port)"] }
                  nowhere: { servers: ["http://nonexistent.invalid"] }
                routes:
                  - path: /failures
                    timeout: 25s
                    merge: envelope
                    fan_out:
                      - { name: good, upstream: all, path: /good }
                      - { name: status, upstream: all, path: /status }
                      - { name: invalid, upstream: all, path: /invalid }
                      - { name: large, upstream: all, path: /large }
                      - { name: reset, upstream: all, path: /reset }
                      - { name: early, upstream: all, path: /early }
                      - { name: noise, upstream: all, path: /noise }
                      - { name: late, upstream: all, path: /never, timeout: 300ms }
                      - { name: dead, upstream: dead, path: / }
                  - path: /dns
                    timeout: 25s
                    merge: envelope
                    fan_out:
                      - { name: good, upstream: all, path: /good }
                      - { name: nowhere, upstream: nowhere, path: / }
                  - path: /group
                    fan_out:
                      - { name: good, upstream: all, path: /good }
                      - { name: bad, upstream: all, path: /status }
                      - { name: ads, upstream: dead, path: /, fallback: { items: [] } }
                  - path: /array
                    merge: array
                    fan_out:
                      - { name: bad, upstream: all, path: /status }
                      - { name: good, upstream: all, path: /good }
                  - path: /required
                    fan_out:
                      - { name: good, upstream: all, path: /good }
                      - { name: bad, upstream: all, path: /status, required: true }
                  - path: /required-late
                    fan_out:
                      - { name: good, upstream: all, path: /good }
                      - { name: late, upstream: all, path: /never, timeout: 200ms, required: true }
                  - path: /required-fallback
                    fan_out:
                      - { name: bad, upstream: dead, path: /, required: true, fallback: "none" }
                  - path: /none
                    fan_out:
                      - { name: bad, upstream: all, path: /status }
                      - { name: dead, upstream: dead, path: / }
                  - path: /route-timeout
                    timeout: 500ms
                    merge: envelope
                    fan_out:
                      - { name: good, upstream: all, path: /good }
                      - { name: short, upstream: all, path: /never, timeout: 100ms }
                      - { name: whole, upstream: all, path: /never }
                """)
            return (upstream, dead, gateway)
        }

        @Test("each failure has its name, and the good call beside them its body")
        func names() async throws {
            let (_, dead, gateway) = try await Self.start()
            defer { withExtendedLifetime(dead) {} }
            let reply = try await gateway.get("/failures")
            #expect(reply.status == 200)
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            #expect(results["good"]?["body"] as? Int == 1)
            let errors = results.compactMapValues { $0["error"] as? String }
            #expect(
                errors == [
                    "status": "status", "invalid": "invalid_json", "large": "too_large", "reset": "reset",
                    "early": "reset", "noise": "protocol", "late": "timeout", "dead": "connect",
                ])
            #expect(results["status"]?["status"] as? Int == 503)
            let failed = try await gateway.stats().totals.calls.failed
            #expect(failed["status"] == 1 && failed["timeout"] == 1 && failed["connect"] == 1)
        }

        @Test("a name that cannot be resolved is dns")
        func dns() async throws {
            let (_, dead, gateway) = try await Self.start()
            defer { withExtendedLifetime(dead) {} }
            #expect(try await gateway.get("/dns").header("X-Gateway-Failed") == "nowhere;dns")
        }

        @Test("a group leaves a failed call out and an array holds its place; a fallback stands in")
        func parts() async throws {
            let (_, dead, gateway) = try await Self.start()
            defer { withExtendedLifetime(dead) {} }
            let group = try await gateway.get("/group")
            #expect(group.body == #"{"good":1,"ads":{"items":[]}}"#)
            #expect(group.header("X-Gateway-Completed") == "false")
            #expect(group.header("X-Gateway-Failed") == "bad;status, ads;connect")
            #expect(try await gateway.get("/array").body == "[null,1]")
            let required = try await gateway.get("/required-fallback")
            #expect(required.status == 200)
            #expect(required.body == #"{"bad":"none"}"#)
        }

        @Test(
            "a required call that fails, or all of them, is a problem that names calls and reasons",
            arguments: [
                ("/required", 502, ["bad": "status"]), ("/required-late", 504, ["late": "timeout"]),
                ("/none", 502, ["bad": "status", "dead": "connect"]),
            ] as [(String, Int, [String: String])])
        func problems(path: String, status: Int, reasons: [String: String]) async throws {
            let (_, dead, gateway) = try await Self.start()
            defer { withExtendedLifetime(dead) {} }
            let reply = try await gateway.get(path)
            #expect(reply.status == status)
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(reply.json["status"] as? Int == status)
            let failed = try #require(reply.json["failed"] as? [[String: Any]])
            let found = failed.reduce(into: [:]) { $0[$1["name"] as? String ?? ""] = $1["error"] as? String }
            #expect(found == reasons)
        }

        @Test("a call ends at its own timeout, and at the route's where it has none")
        func timeouts() async throws {
            let (upstream, dead, gateway) = try await Self.start()
            defer { withExtendedLifetime(dead) {} }
            let reply = try await gateway.get("/route-timeout")
            #expect(reply.status == 200)
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            #expect(results["short"]?["error"] as? String == "timeout")
            #expect(results["whole"]?["error"] as? String == "timeout")
            #expect(try #require(results["short"]?["ms"] as? Double) >= 99)
            #expect(try #require(results["whole"]?["ms"] as? Double) >= 499)
            #expect(try #require(results["short"]?["ms"] as? Double) < (results["whole"]?["ms"] as? Double ?? 0))
            // The calls are given up at the upstream too.
            try await waitUntil("the upstream saw them go") { upstream.disconnects("/never") == 2 }
        }
    }
}
