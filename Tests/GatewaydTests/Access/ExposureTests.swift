import Foundation
import Testing

extension RunningPrograms {
    /// What must not get out, and what must not get in with values from outside.
    @Suite(.serialized, .seat) struct ExposureTests {
        private static let poison = "a%0D%0AX-Evil:%20b%0D%0A%0D%0A"
        private static let engines = ["auto", "libcurl"]

        @Test(
            "no value ends its line on the way to an upstream: of a query, of a path, of another call's answer",
            arguments: engines)
        func valuesOfFields(engine: String) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/first", .json(#"{"name": "a\r\nX-Evil: b\r\n\r\nGET /evil HTTP/1.1\r\n\u0000"}"#))
            upstream.on("/second", .json("2"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes:
                  - path: /page/{id}
                    fan_out:
                      - { name: first, upstream: all, path: /first }
                      - name: second
                        upstream: all
                        path: /second?by={query.by}
                        headers: { X-Query: "{query.by}", X-Path: "{id}", X-Name: "{first.body.name}" }
                """)
            #expect(try await gateway.get("/page/\(Self.poison)?by=\(Self.poison)").status == 200)
            let seen = try #require(upstream.requests("/second").first)
            #expect(seen.header("X-Evil") == nil && upstream.requests("/evil").isEmpty)
            for name in ["X-Query", "X-Path", "X-Name"] {
                #expect(seen.header(name)?.hasPrefix("a  X-Evil: b") == true, "\(name): \(seen.header(name) ?? "nil")")
            }
            #expect(seen.target == "/second?by=a%0D%0AX-Evil%3A%20b%0D%0A%0D%0A")
        }

        @Test(
            "an upstream's field with a control byte in it does not reach the client: its answer is none",
            arguments: ["a\rX-Evil: b", "a\u{0}b", "a\u{1}b", "a\u{7F}b"])
        func answersOfUpstreams(value: String) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/odd", .raw("HTTP/1.1 200 OK\r\nETag: \(value)\r\nContent-Length: 1\r\n\r\n1"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /page, fan_out: [{ name: odd, upstream: all, path: /odd, pass_back: [etag] }] }
                  - { path: /proxy, proxy: { upstream: all, path: /odd } }
                """)
            for path in ["/page", "/proxy"] {
                let reply = try await gateway.get(path)
                #expect(reply.status == 502, "\(path)")
                #expect(reply.header("X-Evil") == nil && reply.header("ETag") == nil, "\(path)")
            }
        }

        @Test("proxies that the environment names are not asked, by neither lane", arguments: engines)
        func environment(engine: String) async throws {
            let upstream = try await TestUpstream.start()
            let proxy = try await TestUpstream.start()
            upstream.on("/a", .json("1"))
            let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes: [{ path: /page, fan_out: [{ name: a, upstream: all, path: /a }] }]
                """, environment: Dictionary(uniqueKeysWithValues: names.map { ($0, proxy.url) }))
            #expect(try await gateway.get("/page").body == #"{"a":1}"#)
            #expect(upstream.requests("/a").count == 1 && proxy.answered == 0)
        }

        @Test("Proxy goes no further: a program behind could take it for HTTP_PROXY")
        func proxyField() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .json("1"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /page, fan_out: [{ name: a, upstream: all, path: /a, forward: { headers: [X-Kept] } }] }
                  - { path: /proxy, proxy: { upstream: all, path: /a } }
                """)
            for path in ["/page", "/proxy"] {
                let fields = [("Proxy", "http://127.0.0.1:1"), ("X-Kept", "yes")]
                #expect(try await gateway.get(path, headers: fields).status == 200)
                let seen = try #require(upstream.requests("/a").last)
                #expect(seen.header("Proxy") == nil && seen.header("X-Kept") == "yes", "\(path)")
            }
        }

        @Test("what a client sends makes one line of the access log, whatever is in it")
        func lines() async throws {
            let gateway = try await Gateway.start(
                "routes: [{ path: /*, respond: { body: ok } }]", accessLog: true)
            let targets = [#"/"},{"status":200,"a":"\"#, #"/\u0000?\n"#, "/%0d%0a%1b[31m", "/x?\u{22}"]
            for target in targets {
                #expect(try await gateway.get(target, headers: [("X-Request-Id", "a\"}{\u{9}")]).status == 200)
            }
            try await waitUntil("all were logged") { gateway.standardOutput.count >= targets.count }
            let seen = try gateway.standardOutput.map { line in
                #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F })
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require((object as? [String: Any])?["target"] as? String)
            }
            #expect(seen == targets)
        }

        @Test("a secret from a file and what clients sign in with are in no log, no statistics, no report of a crash")
        func secrets() async throws {
            let folder = try TemporaryFolder()
            let key = "\(folder.path)/key"
            try "s3cret-of-a-file".write(toFile: key, atomically: true, encoding: .utf8)
            let sends = #"headers: { X-Key: "file:\#(key)" }, forward: { headers: [Authorization, Cookie] }"#
            let upstream = try await TestUpstream.start()
            upstream.on("/a", .status(500, "s3cret-of-an-answer"))
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page
                    timeout: 60s
                    fan_out:
                      - { name: a, upstream: all, path: /a, \(sends) }
                  - path: /held
                    timeout: 60s
                    fan_out:
                      - { name: held, upstream: all, path: /held, \(sends) }
                """, accessLog: true)
            let fields = [("Authorization", "Bearer s3cret-of-a-client"), ("Cookie", "session=s3cret-of-a-cookie")]
            #expect(try await gateway.get("/page", headers: fields + [("X-Request-Id", "mine")]).status == 502)
            var told = try await gateway.control("why", "mine").output
            #expect(told.joined().contains("mine"))
            let sent = try #require(upstream.requests("/a").first)
            #expect(sent.header("X-Key") == "s3cret-of-a-file" && sent.header("Authorization") != nil)
            let client = try await gateway.connect()
            try await client.request("GET", "/held", headers: fields)
            try await waitUntil("the upstream has it") { upstream.inFlight("/held") == 1 }
            let worker = try #require(try await gateway.stats().workers.first)
            gateway.signal(SIGSEGV, to: worker.pid)
            try await gateway.waitFor(event: "worker_crashed")
            told += gateway.standardOutput + gateway.program.errors.lines
            for path in ["/stats", "/metrics", "/"] { told.append(try await gateway.admin(path).body) }
            told += try await gateway.control("status").output
            let checked = try await Program.run(
                Program.gatewayd, "check", "--config", "\(gateway.directory)/gatewayd.yaml")
            #expect(checked.exitCode == 0)
            told += checked.output + checked.errors
            #expect(told.joined().contains("worker_crashed"))
            #expect(told.filter { $0.contains("s3cret") } == [])
        }
    }
}
