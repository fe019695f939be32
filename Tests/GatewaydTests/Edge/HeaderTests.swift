import Foundation
import Testing

extension RunningPrograms {
    /// What headers and templates carry to the calls and back to the client.
    @Suite(.serialized, .seat) struct HeaderTests {
        private static func start() async throws -> (TestUpstream, Gateway) {
            let upstream = try await TestUpstream.start()
            for path in ["/fast", "/users/a%3Fb%20c", "/users/42", "/deep/x/y%20z"] { upstream.on(path, .json("1")) }
            upstream.on("/late", .never)
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page/{id}
                    fan_out:
                      - { name: user, upstream: all, path: "/users/{id}?page={query.page}&by={request.id}" }
                  - path: /deep/*
                    fan_out:
                      - { name: rest, url: "\(upstream.url)/deep/{*}" }
                  - path: /mixed
                    timeout: 20s
                    fan_out:
                      - { name: fast, upstream: all, path: /fast }
                      - { name: late, upstream: all, path: /late, timeout: 100ms }
                """)
            return (upstream, gateway)
        }

        @Test("the answer says what is missing and how long each call took")
        func report() async throws {
            let (_, gateway) = try await Self.start()
            let reply = try await gateway.get("/mixed")
            #expect(reply.header("X-Gateway-Completed") == "false")
            #expect(reply.header("X-Gateway-Failed") == "late;timeout")
            let timing = try #require(reply.header("Server-Timing"))
            let form = #/fast;dur=[0-9.]+, late;dur=[0-9.]+;desc="timeout"/#
            #expect(timing.wholeMatch(of: form) != nil, "\(timing)")
        }

        @Test("a well-formed request id is taken over, any other replaced, and every call carries it")
        func requestID() async throws {
            let (upstream, gateway) = try await Self.start()
            let kept = try await gateway.get("/mixed", headers: [("X-Request-Id", "req-42.a")])
            #expect(kept.header("X-Request-Id") == "req-42.a")
            #expect(upstream.requests("/fast").last?.header("X-Request-Id") == "req-42.a")
            let replaced = try await gateway.get("/mixed", headers: [("X-Request-Id", "no \"good\" id")])
            let id = try #require(replaced.header("X-Request-Id"))
            #expect(id.count == 32 && id.allSatisfy(\.isHexDigit))
            #expect(upstream.requests("/fast").last?.header("X-Request-Id") == id)
        }

        @Test("a trace context is passed on to every call, and a broken one to none")
        func traceContext() async throws {
            let (upstream, gateway) = try await Self.start()
            let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            _ = try await gateway.get("/mixed", headers: [("traceparent", parent), ("tracestate", "a=1")])
            for path in ["/fast", "/late"] {
                #expect(upstream.requests(path).last?.header("traceparent") == parent)
                #expect(upstream.requests(path).last?.header("tracestate") == "a=1")
            }
            _ = try await gateway.get("/mixed", headers: [("traceparent", "00-zz-1"), ("tracestate", "a=1")])
            #expect(upstream.requests("/fast").last?.header("traceparent") == nil)
            #expect(upstream.requests("/fast").last?.header("tracestate") == nil)
        }

        @Test("path and query templates are filled in, and no value adds a segment or a parameter")
        func templates() async throws {
            let (upstream, gateway) = try await Self.start()
            let reply = try await gateway.get("/page/a%3Fb%20c?page=1%262&x=y", headers: [("X-Request-Id", "r1")])
            #expect(reply.status == 200)
            #expect(upstream.requests("/users/a%3Fb%20c").map(\.target) == ["/users/a%3Fb%20c?page=1%262&by=r1"])
            _ = try await gateway.get("/page/42", headers: [("X-Request-Id", "r2")])
            #expect(upstream.requests("/users/42").map(\.target) == ["/users/42?page=&by=r2"])
            _ = try await gateway.get("/deep/x/y%20z")
            #expect(upstream.requests("/deep/x/y%20z").map(\.target) == ["/deep/x/y%20z"])
        }
    }
}
