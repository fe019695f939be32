import Foundation
import Testing

extension RunningPrograms {
    /// Spans of requests and calls, as a collector gets them.
    @Suite(.serialized, .seat) struct SpanTests {
        private static let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
        private static let caller = "00f067aa0ba902b7"

        private static func start(
            _ endpoint: String, sample: String = "100%", upstream: TestUpstream
        ) async throws -> Gateway {
            try await Gateway.start(
                """
                tracing: { endpoint: "\(endpoint)", sample: \(sample), service: shop, headers: { X-Api-Key: k3y } }
                upstreams: { service: { servers: ["\(upstream.url)"] } }
                routes:
                  - path: /page/{id}
                    timeout: 5s
                    fan_out:
                      - { name: first, upstream: service, path: "/first?id={id}&token=s3cret", timeout: 4s }
                      - { name: second, upstream: service, path: "/second/{id}", timeout: 100ms }
                      - { name: third, upstream: service, path: /third, after: first }
                  - { path: /bad, fan_out: [{ name: bad, upstream: service, path: /bad }] }
                  - { path: /through/*, proxy: { upstream: service } }
                  - { path: /batch, batch: { allow: ["http://127.0.0.1:*"], private: true } }
                """, accessLog: true)
        }

        private static func upstream() async throws -> TestUpstream {
            let upstream = try await Page.upstream()
            upstream.on("/second/7", .json("2"))
            upstream.on("/third", .json("3"))
            upstream.on("/bad", .status(503, "{}"))
            upstream.on("/through/a", .json("4"))
            return upstream
        }

        private static func spans(_ count: Int, of collector: Collector) async throws -> [Collector.Span] {
            try await waitUntil("\(count) spans came") { collector.lines.count >= count }
            #expect(collector.spans.count == collector.lines.count, "\(collector.lines)")
            return collector.spans
        }

        @Test(
            "a request that is recorded by its caller is a span below the caller's, and its calls are spans below that")
        func page() async throws {
            let upstream = try await Self.upstream()
            upstream.on("/second/7", .never)
            upstream.on("/first", .delay(.milliseconds(30), then: .json("1")))
            let collector = try await Collector.start()
            let gateway = try await Self.start(collector.endpoint, sample: "0%", upstream: upstream)
            let before = UInt64(Date().timeIntervalSince1970 * 1e9)
            _ = try await gateway.get(
                "/page/7?secret=s3cret",
                headers: [
                    ("traceparent", "00-\(Self.traceID)-\(Self.caller)-01"), ("tracestate", "a=1,b=2"),
                    ("X-Request-Id", "mine"), ("Authorization", "Bearer s3cret"),
                ])
            let spans = try await Self.spans(4, of: collector)
            let after = UInt64(Date().timeIntervalSince1970 * 1e9)
            let request = try #require(spans.first { $0.kind == "SPAN_KIND_SERVER" })
            #expect(request.parent == Self.caller && request.name == "GET /page/{id}" && !request.isError)
            #expect(request.flags == 0x301, "the one above is remote")
            #expect(request.resource["service.name"] == "shop" && request.key == "k3y")
            let attributes = request.attributes
            #expect(attributes["http.request.method"] == "GET" && attributes["http.route"] == "/page/{id}")
            #expect(attributes["http.response.status_code"] == "200" && attributes["url.path"] == "/page/7")
            #expect(attributes["client.address"] == "127.0.0.1" && attributes["gateway.request_id"] == "mine")

            let calls = spans.filter { $0.kind == "SPAN_KIND_CLIENT" }
            #expect(
                calls.map { $0.attributes["gateway.call"] }.compactMap(\.self).sorted() == ["first", "second", "third"])
            for call in calls {
                let name = call.attributes["gateway.call"] ?? ""
                #expect(call.parent == request.span && call.flags == 0x101)
                #expect(
                    call.time.start >= request.time.start && call.time.end <= request.time.end,
                    "\(name) is inside of its request")
                #expect(call.attributes["server.address"] == "127.0.0.1")
                #expect(call.attributes["server.port"] == "\(upstream.port)")
                // The upstream was told of the very span.
                let path = name == "second" ? "/second/7" : "/\(name)"
                let seen = try #require(upstream.requests(path).first)
                #expect(seen.header("traceparent") == "00-\(Self.traceID)-\(call.span)-01")
                #expect(seen.header("tracestate") == "a=1,b=2" && seen.header("X-Request-Id") == "mine")
                #expect(call.attributes["url.full"] == "\(upstream.url)\(path)")
            }
            for span in spans {
                #expect(span.trace == Self.traceID && span.state == "a=1,b=2")
                #expect(before <= span.time.start && span.time.start <= span.time.end && span.time.end <= after)
            }
            #expect(Set(spans.map(\.span)).count == 4)
            let first = try #require(calls.first { $0.attributes["gateway.call"] == "first" })
            #expect(first.name == "GET /first" && first.attributes["http.response.status_code"] == "200")
            #expect(first.time.end - first.time.start >= 30_000_000)
            let third = try #require(calls.first { $0.attributes["gateway.call"] == "third" })
            #expect(third.time.start >= first.time.end)
            let second = try #require(calls.first { $0.attributes["gateway.call"] == "second" })
            #expect(second.name == "GET /second/{id}" && second.attributes["url.template"] == "/second/{id}")
            #expect(second.isError && second.attributes["error.type"] == "timeout")
            #expect(second.attributes["http.response.status_code"] == nil)
            #expect(!collector.lines.contains { $0.contains("s3cret") })
            try await waitUntil("it is logged") { !gateway.standardOutput.isEmpty }
            #expect(gateway.standardOutput[0].contains(#""trace_id":"\#(Self.traceID)""#))
            #expect(
                try await gateway.admin("/metrics").body.contains(
                    "gateway_trace_spans_exported_total{worker=\"0\"} 4\n"))
            #expect(!gateway.program.errors.lines.contains { $0.contains("k3y") })
            gateway.stop()
        }

        @Test("failures, proxies and batches are told of as well")
        func others() async throws {
            let upstream = try await Self.upstream()
            let collector = try await Collector.start()
            let gateway = try await Self.start(collector.endpoint, upstream: upstream)
            func ask(_ name: String, _ body: () async throws -> Void) async throws -> [Collector.Span] {
                let before = collector.lines.count
                try await body()
                return Array(try await Self.spans(before + 2, of: collector)[before...])
            }
            let bad = try await ask("bad") { _ = try await gateway.get("/bad") }
            #expect(bad.allSatisfy { $0.isError })
            let reasons = bad.compactMap { $0.attributes["error.type"] }
            #expect(reasons == ["503", "502"])
            #expect(bad[0].parent == bad[1].span && bad[1].parent.isEmpty && bad[1].flags & 0x200 == 0)

            let through = try await ask("through") { _ = try await gateway.get("/through/a?q=1") }
            #expect(through.map(\.kind) == ["SPAN_KIND_CLIENT", "SPAN_KIND_SERVER"])
            #expect(through[0].attributes["url.full"] == "\(upstream.url)/through/a")
            #expect(
                upstream.requests("/through/a").first?.header("traceparent")
                    == "00-\(through[0].trace)-\(through[0].span)-03")

            let batch = try await ask("batch") {
                _ = try await gateway.send("POST", "/batch", body: #"{"urls":["\#(upstream.url)/third"]}"#)
            }
            #expect(batch[0].name == "GET" && batch[0].attributes["url.full"] == "\(upstream.url)/third")
            #expect(batch[0].parent == batch[1].span && batch[1].name == "POST /batch")
            gateway.stop()
        }

        @Test("what a caller does not record is not, and of new traces so many are")
        func sampling() async throws {
            let upstream = try await Self.upstream()
            let collector = try await Collector.start()
            let gateway = try await Self.start(collector.endpoint, sample: "50%", upstream: upstream)
            _ = try await gateway.get(
                "/through/a", headers: [("traceparent", "00-\(Self.traceID)-\(Self.caller)-00")])
            let told = try #require(upstream.requests("/through/a").first?.header("traceparent"))
            #expect(told.hasPrefix("00-\(Self.traceID)-") && told.hasSuffix("-00") && !told.contains(Self.caller))
            let client = try await gateway.connect()
            for _ in 0..<200 {
                try await client.request("GET", "/through/a")
                _ = try await client.reply()
            }
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            // The end of the process has sent what was left.
            let told1 = upstream.requests("/through/a").dropFirst().compactMap { $0.header("traceparent") }
            let recorded = told1.count { $0.hasSuffix("-03") }
            #expect(told1.count == 200 && recorded + told1.count { $0.hasSuffix("-02") } == 200)
            #expect((60...140).contains(recorded))
            let spans = try await Self.spans(recorded * 2, of: collector)
            #expect(spans.count == recorded * 2 && !spans.contains { $0.trace == Self.traceID })
        }

        @Test("a collector that is not there costs no request, and what is lost is counted and told once")
        func gone() async throws {
            let upstream = try await Self.upstream()
            let dead = try DeadPort()
            let gateway = try await Self.start("http://127.0.0.1:\(dead.port)/v1/traces", upstream: upstream)
            for _ in 0..<20 { #expect(try await gateway.get("/page/7").status == 200) }
            try await waitUntil("they were given up") {
                try await gateway.admin("/metrics").body.contains(
                    "gateway_trace_spans_dropped_total{worker=\"0\"} 80\n")
            }
            #expect(gateway.events.count { $0.event == "trace_export_failed" } == 1)
            #expect(try await gateway.stats().totals.calls.failed.isEmpty)
            gateway.stop()
        }

        @Test("a collector that does not answer has no more than a bounded number of spans wait for it")
        func silent() async throws {
            let upstream = try await Self.upstream()
            upstream.on("/v1/traces", .never)
            let gateway = try await Self.start("\(upstream.url)/v1/traces", upstream: upstream)
            let client = try await gateway.connect()
            // Two spans each; 512 are on their way, and 2,048 wait.
            for _ in 0..<1_500 {
                try await client.request("GET", "/through/a")
                #expect(try await client.reply().status == 200)
            }
            let metrics = try await gateway.admin("/metrics").body
            let line = metrics.split(separator: "\n").first { $0.hasPrefix("gateway_trace_spans_dropped_total{") }
            let dropped = try #require(line.flatMap { Int($0.split(separator: " ")[1]) })
            #expect((440...952).contains(dropped), "\(dropped)")
            gateway.stop()
        }

        @Test("a collector that refuses for good is not asked again with the same")
        func refused() async throws {
            let upstream = try await Self.upstream()
            let collector = try await Collector.start(status: 400)
            let gateway = try await Self.start(collector.endpoint, upstream: upstream)
            _ = try await gateway.get("/through/a")
            try await waitUntil("they were dropped") {
                try await gateway.admin("/metrics").body.contains("gateway_trace_spans_dropped_total{worker=\"0\"} 2\n")
            }
            #expect(collector.lines.count == 2)
            gateway.stop()
        }
    }
}
