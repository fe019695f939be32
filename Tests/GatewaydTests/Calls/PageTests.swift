import Testing

extension RunningPrograms {
    /// The page language from outside: what calls wait for, send, and bring to the answer.
    @Suite(.serialized, .seat) struct PageTests {
        @Test(
            "a call starts when what it waits for is there, is made of its answer, and fails with it",
            arguments: TestEngine.allCases)
        func dependencies(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/user/7", .answer(200, [("ETag", "\"v1\"")], #"{"cart": "c/1", "plan": {"level": 3}}"#))
            upstream.on("/cart/c%2F1", .json("[1]"))
            upstream.on("/offers", .json("[2]"))
            upstream.on("/slow", .hold(then: .json("3")))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes:
                  - path: /page/{id}
                    merge: envelope
                    fan_out:
                      - { name: cart, upstream: all, path: "/cart/{user.body.cart}" }
                      - name: offers
                        upstream: all
                        path: "/offers?level={user.body/plan/level}&status={user.status}"
                        headers: { If-None-Match: "{user.header.etag}" }
                      - { name: user, upstream: all, path: "/user/{id}" }
                      - { name: slow, upstream: all, path: /slow }
                      - { name: late, upstream: all, path: /never, after: [cart, broken] }
                      - { name: broken, upstream: all, path: /broken }
                      - { name: lacking, upstream: all, path: "/x/{user.body.none}", after: offers }
                """)
            let client = try await gateway.connect()
            try await client.request("GET", "/page/7")
            // Not stage by stage: these do not wait for the slow one, which began with the request.
            try await waitUntil("dependants began") { !upstream.requests("/offers").isEmpty }
            try await waitUntil("dependants began") { !upstream.requests("/cart/c%2F1").isEmpty }
            #expect(upstream.requests("/offers").first?.target == "/offers?level=3&status=200")
            #expect(upstream.requests("/offers").first?.header("If-None-Match") == "\"v1\"")
            try await waitUntil("the slow one began") { upstream.inFlight("/slow") == 1 }
            upstream.release("/slow")
            let reply = try await client.reply()
            let results = try #require(reply.json["results"] as? [String: [String: Any]])
            #expect(results["cart"]?["body"] as? [Int] == [1])
            #expect(results["offers"]?["body"] as? [Int] == [2])
            #expect(results["slow"]?["body"] as? Int == 3)
            #expect(results["late"]?["error"] as? String == "dependency")
            #expect(results["lacking"]?["error"] as? String == "dependency")
            #expect(reply.header("X-Gateway-Failed") == "late;dependency, broken;status, lacking;dependency")
            #expect(upstream.requests("/never").isEmpty)
            #expect(try await gateway.stats().totals.calls.failed["dependency"] == 2)
        }

        @Test("the route's time ends calls that began late, and a fallback lets those behind it begin")
        func lateCalls() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/first", .json("{}"))
            upstream.on("/second", .never)
            upstream.on("/third/9", .json("3"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page
                    timeout: 300ms
                    fan_out:
                      - { name: first, upstream: all, path: /first }
                      - { name: second, upstream: all, path: /second, after: [first] }
                      - { name: behind, upstream: all, path: /behind, after: [second] }
                      - { name: gone, upstream: all, path: /gone, fallback: { id: 9 } }
                      - { name: third, upstream: all, path: "/third/{gone.body.id}" }
                """)
            let reply = try await gateway.get("/page")
            #expect(reply.status == 200)
            #expect(reply.header("X-Gateway-Failed") == "second;timeout, behind;dependency, gone;status")
            #expect(reply.body == #"{"first":{},"gone":{"id":9},"third":3}"#)
            try await waitUntil("the late call was cancelled") { upstream.disconnects("/second") == 1 }
            #expect(try await gateway.stats().totals.calls.in_flight == 0)
        }

        @Test("a quorum answers without the slowest, which is cancelled") func quorum() async throws {
            let upstream = try await TestUpstream.start()
            for path in ["/a", "/b", "/c"] { upstream.on(path, .json("1")) }
            upstream.on("/never", .never)
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /enough
                    timeout: 60s
                    quorum: 2
                    fan_out:
                      - { name: a, upstream: all, path: /a, required: true }
                      - { name: never, upstream: all, path: /never }
                      - { name: b, upstream: all, path: /b }
                  - path: /few
                    quorum: 2
                    fan_out:
                      - { name: a, upstream: all, path: /a }
                      - { name: none, upstream: all, path: /none, fallback: 0 }
                """)
            let reply = try await gateway.get("/enough")
            #expect(reply.status == 200)
            #expect(reply.body == #"{"a":1,"b":1}"#)
            #expect(reply.header("X-Gateway-Failed") == "never;cancelled")
            try await waitUntil("it was cancelled") { upstream.disconnects("/never") == 1 }
            let few = try await gateway.get("/few")
            #expect(few.status == 502)
            #expect(few.header("X-Gateway-Failed") == "none;status")
        }

        @Test(
            "only what a call lists of a request goes along: fields, parameters, method, body",
            arguments: TestEngine.allCases)
        func forwarding(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            for path in ["/plain", "/all", "/some", "/own"] { upstream.on(path, .json("1")) }
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes:
                  - path: /page/{id}
                    methods: [GET, POST, PUT]
                    fan_out:
                      - { name: plain, upstream: all, path: /plain }
                      - name: all
                        upstream: all
                        path: /all
                        forward: { method: true, headers: [Cookie, authorization, accept, user-agent], query: "*", body: true }
                      - name: some
                        upstream: all
                        path: "/some?own={id}"
                        forward: { headers: x-a, query: [q, "ü"] }
                        headers: { X-A: "mine {query.q}", Accept: text/plain }
                      - name: own
                        upstream: all
                        path: /own
                        body: { id: "{id}", list: [1, "{query.q}", { braces: "{{}}" }], text: "q={query.q}" }
                """)
            let fields = [
                ("Cookie", "s=1"), ("Authorization", "Bearer x"), ("X-A", "theirs"), ("Accept", "a/b"),
                ("User-Agent", "me"), ("Content-Type", "text/csv"),
            ]
            let reply = try await gateway.send("PUT", "/page/7?q=a+b&x=1&%C3%BC=2&q=3", headers: fields, body: "1,2\n")
            #expect(reply.status == 200, "\(reply)")

            let plain = try #require(upstream.requests("/plain").first)
            #expect(plain.method == "GET" && plain.target == "/plain" && plain.body == "")
            for (name, _) in fields where !["Accept", "User-Agent"].contains(name) {
                #expect(plain.header(name) == nil)
            }
            #expect(plain.header("User-Agent")?.hasPrefix("gatewayd/") == true)
            #expect(plain.header("Accept") == "*/*")

            let all = try #require(upstream.requests("/all").first)
            #expect(all.method == "PUT" && all.target == "/all?q=a+b&x=1&%C3%BC=2&q=3" && all.body == "1,2\n")
            #expect(all.header("Cookie") == "s=1" && all.header("Authorization") == "Bearer x")
            #expect(all.headers.filter { $0.0.lowercased() == "accept" }.map(\.1) == ["a/b"])
            #expect(all.headers.filter { $0.0.lowercased() == "user-agent" }.map(\.1) == ["me"])
            #expect(all.header("Content-Type") == "text/csv" && all.header("X-A") == nil)

            let some = try #require(upstream.requests("/some").first)
            #expect(some.method == "GET" && some.target == "/some?own=7&q=a+b&%C3%BC=2&q=3")
            #expect(some.headers.filter { $0.0.lowercased() == "x-a" }.map(\.1) == ["mine a b"])
            #expect(some.header("Accept") == "text/plain" && some.header("Cookie") == nil)

            let own = try #require(upstream.requests("/own").first)
            #expect(own.method == "POST" && own.header("Content-Type") == "application/json")
            #expect(own.body == #"{"id":"7","list":[1,"a b",{"braces":"{}"}],"text":"q=a b"}"#)
            // The same again, with what the calls have kept of their last use.
            _ = try await gateway.send("PUT", "/page/7?q=a+b&x=1&%C3%BC=2&q=3", headers: fields, body: "1,2\n")
            for path in ["/plain", "/all", "/some", "/own"] {
                let hosts = upstream.requests(path).map { $0.headers.filter { $0.0.lowercased() == "host" }.map(\.1) }
                #expect(hosts == Array(repeating: ["127.0.0.1:\(upstream.port)"], count: 2), "\(path)")
            }

            // The handles and connections of the calls are clean for the next request, and HEAD is asked as GET.
            let client = try await gateway.connect()
            try await client.request("HEAD", "/page/8")
            #expect(try await client.reply(hasBody: false).status == 200)
            let next = try #require(upstream.requests("/all").last)
            #expect(next.method == "GET" && next.target == "/all" && next.body == "" && next.header("Cookie") == nil)
            #expect(upstream.requests("/own").last?.body.contains(#""id":"8""#) == true)
        }

        @Test(
            "a request that must not be sent twice meets no connection that its server has closed",
            arguments: TestEngine.allCases)
        func notTwice(engine: TestEngine) async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/get", .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1".utf8), then: .close))
            upstream.on("/post", .json("2"))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"], engine: \(engine) } }
                routes:
                  - { path: /get, fan_out: [{ name: a, upstream: all, path: /get }] }
                  - { path: /post, fan_out: [{ name: a, upstream: all, path: /post, method: POST }] }
                """)
            for count in 1...20 {
                #expect(try await gateway.get("/get").status == 200)
                // The answer may be there before the end of its connection.
                try await waitUntil("the server has closed it") { upstream.closed >= count }
                let reply = try await gateway.get("/post")
                #expect(reply.body == #"{"a":2}"#, "\(reply)")
                #expect(upstream.requests("/post").count == count)
            }
            #expect(upstream.requests("/post").allSatisfy { $0.header("Content-Length") == "0" })
        }

        @Test("parts are shaped without encoding the rest anew, and fields of calls' answers come back by list")
        func shaping() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on(
                "/user",
                .answer(
                    200, [("ETag", "\"u\""), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Secret", "s")],
                    #"{"data": {"id": 1.50, "name" : "A", "pass": "x", "mail": ["\u0061"]}}"#))
            upstream.on("/cart", .answer(200, [("ETag", "\"c\""), ("Set-Cookie", "c=3")], #"[{"sku": 1, "note": 2}]"#))
            upstream.on("/none", .status(204, ""))
            let gateway = try await Gateway.start(
                """
                upstreams: { all: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page
                    merge: object
                    fan_out:
                      - name: user
                        upstream: all
                        path: /user
                        at: /data
                        drop: [pass]
                        rename: { name: title }
                        under: user
                        pass_back: [ETag, set-cookie]
                      - { name: cart, upstream: all, path: /cart, pick: sku, under: cart.items, pass_back: [etag, set-cookie] }
                      - { name: none, upstream: all, path: /none, default: { none: true } }
                      - { name: lost, upstream: all, path: /cart, at: missing }
                """)
            let reply = try await gateway.get("/page")
            #expect(
                reply.body
                    == #"{"user":{"id": 1.50,"title":"A","mail": ["\u0061"]},"cart":{"items":[{"sku": 1}]},"none":true}"#
            )
            #expect(reply.headers.filter { $0.0 == "etag" || $0.0 == "ETag" }.map(\.1) == ["\"u\""])
            #expect(reply.headers.filter { $0.0.lowercased() == "set-cookie" }.map(\.1) == ["a=1", "b=2", "c=3"])
            #expect(reply.header("X-Secret") == nil)
            #expect(reply.header("X-Gateway-Failed") == "lost;invalid_json")
        }

        @Test("a static answer asks nobody") func respond() async throws {
            let gateway = try await Gateway.start(
                """
                routes:
                  - { path: /robots.txt, respond: { body: "User-agent: *\\n", headers: { Cache-Control: max-age=60 } } }
                  - { path: /gone, methods: [GET, POST], respond: { status: 410, body: { why: [moved, 1] } } }
                """)
            let robots = try await gateway.get("/robots.txt")
            #expect(robots.status == 200 && robots.body == "User-agent: *\n")
            #expect(robots.header("Content-Type") == "text/plain; charset=utf-8")
            #expect(robots.header("Cache-Control") == "max-age=60" && robots.header("X-Request-Id") != nil)
            let gone = try await gateway.send("POST", "/gone", body: "")
            #expect(gone.status == 410 && gone.body == #"{"why":["moved",1]}"#)
            #expect(gone.header("Content-Type") == "application/json")
        }
    }
}
