import Foundation
import Testing

extension RunningPrograms {
    /// Merges over real upstreams whose answers arrive in the reverse of the configured order.
    @Suite(.serialized, .seat) struct MergeTests {
        private static func calls(_ more: String = "") -> String {
            """
                fan_out:
                  - { name: one, upstream: all, path: /one\(more) }
                  - { name: two, upstream: all, path: /two\(more) }
                  - { name: three, upstream: all, path: /three\(more) }
            """
        }

        private static func start() async throws -> (TestUpstream, Gateway) {
            let upstream = try await TestUpstream.start()
            upstream.on("/one", .delay(.milliseconds(400), then: .json(#"{ "a": 1, "x": [1.0] }"#)))
            upstream.on("/two", .delay(.milliseconds(200), then: .json(#"{"b":2,"x":[2e0]}"#)))
            upstream.on("/three", .json(#"{"c":"\u00e9","x":[3]}"#))
            upstream.on("/empty", .status(204, ""))
            upstream.on("/nothing", .status(200, ""))
            upstream.on("/text", .status(200, "a \"word\"\n"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /group
                    timeout: 20s
                    merge: group
                \(calls())
                  - path: /array
                    timeout: 20s
                    merge: array
                \(calls())
                  - path: /object
                    timeout: 20s
                    merge: object
                \(calls())
                  - path: /first
                    timeout: 20s
                    merge: object
                    on_conflict: first
                \(calls())
                  - path: /append
                    timeout: 20s
                    merge: object
                    on_conflict: append
                \(calls())
                  - path: /error
                    timeout: 20s
                    merge: object
                    on_conflict: error
                \(calls())
                  - path: /envelope
                    timeout: 20s
                    merge: envelope
                \(calls())
                  - path: /empty
                    timeout: 20s
                    fan_out:
                      - { name: no_content, upstream: all, path: /empty }
                      - { name: empty, upstream: all, path: /nothing }
                      - { name: text, upstream: all, path: /text, as: text }
                      - { name: bytes, upstream: all, path: /text, as: base64 }
                """)
            return (upstream, gateway)
        }

        @Test("each merge keeps the order of the configuration and the bytes of the bodies")
        func order() async throws {
            let (_, gateway) = try await Self.start()
            let one = #"{ "a": 1, "x": [1.0] }"#
            let two = #"{"b":2,"x":[2e0]}"#
            let three = #"{"c":"\u00e9","x":[3]}"#
            async let group = gateway.get("/group")
            async let array = gateway.get("/array")
            async let object = gateway.get("/object")
            async let first = gateway.get("/first")
            async let append = gateway.get("/append")
            #expect(try await group.body == #"{"one":\#(one),"two":\#(two),"three":\#(three)}"#)
            #expect(try await array.body == "[\(one),\(two),\(three)]")
            let joined = try await object.json
            #expect(Set(joined.keys) == ["a", "b", "c", "x"])
            #expect(joined["x"] as? [Int] == [3])
            #expect(try await first.json["x"] as? [Int] == [1])
            #expect(try await append.json["x"] as? [Int] == [1, 2, 3])
        }

        @Test("a key that two calls carry fails the later call where the route says so")
        func conflict() async throws {
            let (_, gateway) = try await Self.start()
            let reply = try await gateway.get("/error")
            #expect(reply.status == 200)
            #expect(reply.header("X-Gateway-Failed") == "two;conflict, three;conflict")
            #expect(reply.json["x"] as? [Int] == [1])
        }

        @Test("an envelope says of each call how it went")
        func envelope() async throws {
            let (_, gateway) = try await Self.start()
            let reply = try await gateway.get("/envelope")
            #expect(reply.header("Content-Type") == "application/json")
            #expect(reply.json["complete"] as? Bool == true)
            #expect(reply.json["elapsed_ms"] is Double)
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            #expect(results["one"]?["status"] as? Int == 200)
            #expect(try #require(results["one"]?["ms"] as? Double) >= 390)
            #expect((results["three"]?["body"] as? [String: Any])?["c"] as? String == "é")
            let names = ["\"one\"", "\"two\"", "\"three\""].compactMap { reply.body.firstRange(of: $0)?.lowerBound }
            #expect(names == names.sorted())
        }

        @Test("204 and an empty body are null, text is a string and bytes are Base64")
        func emptyBodies() async throws {
            let (_, gateway) = try await Self.start()
            let reply = try await gateway.get("/empty")
            #expect(reply.body == #"{"no_content":null,"empty":null,"text":"a \"word\"\n","bytes":"YSAid29yZCIK"}"#)
            #expect(reply.header("X-Gateway-Completed") == "true")
        }
    }
}
