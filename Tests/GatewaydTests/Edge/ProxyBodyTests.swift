import Foundation
import Testing

extension RunningPrograms {
    /// Proxy routes: bodies go on as they come, either way.
    @Suite(.serialized, .seat) struct ProxyBodyTests {
        private static func start(
            _ upstream: BlockingUpstream, _ keys: String = "", more: String = "", route: String = "timeout: 20s,",
            accessLog: Bool = false
        ) async throws -> Gateway {
            try await Gateway.start(
                """
                \(more)
                upstreams: { u: { servers: ["\(upstream.url)"] } }
                routes: [{ path: "/*", \(route) proxy: { upstream: u \(keys) } }]
                """, accessLog: accessLog)
        }

        private static let post = "POST /a HTTP/1.1\r\nHost: shop.test\r\n"
        private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        // MARK: Large ones

        /// Resident memory of a process in KiB, by the field of proc(5)'s status.
        private static func memory(_ field: String, of pid: Int32) throws -> Int {
            let lines = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8).split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix("\(field):") })
            return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
        }

        @Test("1 GiB goes up and 1 GiB comes down, sized and in chunks, in the memory that a small request takes")
        func gigabytes() async throws {
            let gigabyte = 1 << 30
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)
            let chunk = Array("100000\r\n".utf8) + piece + Array("\r\n".utf8)
            let upstream = try BlockingUpstream.start { connection in
                while let head = connection.head() {
                    if head.hasPrefix("PUT") {
                        connection.send(Self.ok)
                    } else if head.hasPrefix("POST") {
                        let isChunked = head.contains("Transfer-Encoding: chunked")
                        let count = connection.receives(gigabyte)
                        if isChunked { _ = connection.receive(until: "\r\n0\r\n\r\n") }
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: \("\(count)".count)\r\n\r\n\(count)")
                    } else if head.contains("chunked") {
                        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        _ = connection.send(chunk, upTo: chunk.count << 10)
                        connection.send("0\r\n\r\n")
                    } else {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(gigabyte)\r\n\r\n")
                        _ = connection.send(piece, upTo: gigabyte)
                    }
                }
            }
            let gateway = try await Self.start(upstream)
            #expect(try await gateway.send("PUT", "/", body: "").status == 200)
            let worker = try #require(try await gateway.stats().workers.first).pid
            let before = try Self.memory("VmHWM", of: worker)
            let client = try await gateway.connect()
            for (framing, bytes, end) in [
                ("Content-Length: \(gigabyte)", piece, ""), ("Transfer-Encoding: chunked", chunk, "0\r\n\r\n"),
            ] {
                try await client.send(Self.post + framing + "\r\n\r\n")
                try await client.send(bytes, times: 1 << 10)
                try await client.send(end)
                let reply = try await client.reply()
                #expect(reply.status == 200 && reply.body == "\(gigabyte)")
            }
            for path in ["/", "/chunked"] {
                try await client.request("GET", path)
                #expect(try await client.receives(gigabyte + 50))
            }
            let grown = try Self.memory("VmHWM", of: worker) - before
            #expect(grown < (8 << 10), "\(grown) KiB more")
            // A debug build's code is most of what is resident; what the worker itself holds is to be small.
            let own = try Self.memory("RssAnon", of: worker)
            #expect(own < (32 << 10), "\(own) KiB")
        }

        @Test("a server that does not read holds the client back") func heldBack() async throws {
            let gate = DispatchSemaphore(value: 0)
            let total = 64 << 20
            let upstream = try BlockingUpstream.start { connection in
                guard connection.head() != nil else { return }
                gate.wait()
                connection.send(connection.receives(total) == total ? Self.ok : "")
            }
            let gateway = try await Self.start(upstream)
            let client = try await gateway.connect()
            try await client.send(Self.post + "Content-Length: \(total)\r\n\r\n")
            let taken = try await client.sendsWithoutWaiting([UInt8](repeating: 0x61, count: 1 << 16), upTo: total)
            #expect(taken < total / 2, "\(taken) bytes are somewhere")
            gate.signal()
            try await client.send([UInt8](repeating: 0x61, count: total - taken), times: 1)
            #expect(try await client.reply().status == 200)
        }

        @Test("a server that does not read for too long is a failure of its own") func stuck() async throws {
            let upstream = try BlockingUpstream.start { connection in
                guard connection.head() != nil else { return }
                connection.waitForEnd()
            }
            let gateway = try await Self.start(upstream, ", idle: 300ms")
            let client = try await gateway.connect()
            let total = 64 << 20
            try await client.send(Self.post + "Content-Length: \(total)\r\n\r\n")
            _ = try await client.sendsWithoutWaiting([UInt8](repeating: 0x61, count: 1 << 16), upTo: total)
            #expect(try await client.reply().status == 504)
        }

        // MARK: Piece by piece

        @Test("a body goes on as it comes, framed as it was, with its trailers") func pieces() async throws {
            let seen = Notes()
            let upstream = try BlockingUpstream.start { connection in
                while let head = connection.head() {
                    seen.add(head)
                    seen.add(connection.receive())
                    seen.add(connection.receive(until: head.contains("chunked") ? "\r\n\r\n" : "world"))
                    connection.send(Self.ok)
                }
            }
            let gateway = try await Self.start(upstream)
            let client = try await gateway.connect()
            try await client.send(Self.post + "Content-Length: 10\r\n\r\nhello")
            try await waitUntil("the first piece is there") { seen.all.count == 2 }
            try await client.send("world")
            #expect(try await client.reply().status == 200)
            #expect(seen.all[0].contains("\r\nContent-Length: 10\r\n") && seen.all[1...2] == ["hello", "world"])
            try await client.send(
                Self.post + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n")
            try await waitUntil("the first chunk is there") { seen.all.count == 5 }
            try await client.send(
                "3\r\nabc\r\n0\r\nX-Sum: 8\r\nContent-Length: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.reply().status == 200)
            let head = seen.all[3]
            #expect(head.contains("\r\nTrailer: X-Sum\r\n") && head.contains("\r\nTransfer-Encoding: chunked\r\n"))
            #expect(seen.all[4...5] == ["5\r\nhello\r\n", "3\r\nabc\r\n0\r\nX-Sum: 8\r\n\r\n"])
            try await waitUntil("the next request is there") { seen.all.count == 7 }
            #expect(seen.all[6].hasPrefix("GET /b "))
        }

        @Test("who waits for 100 Continue gets it once there is a connection, and none where there cannot be one")
        func expectation() async throws {
            let upstream = try BlockingUpstream.start { connection in
                while let head = connection.head() {
                    guard !head.contains("xpect"), connection.receive(until: "body") == "body" else { return }
                    connection.send("HTTP/1.1 100 Continue\r\n\r\n" + Self.ok)
                }
            }
            let request = Self.post + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"
            let gateway = try await Self.start(upstream)
            let client = try await gateway.connect()
            try await client.send(request)
            #expect(try await client.reply().status == 100)
            try await client.send("body")
            #expect(try await client.reply().status == 200)
            let dead = try DeadPort()
            let none = try await Gateway.start(
                """
                routes: [{ path: "/*", proxy: { upstream: u } }]
                upstreams: { u: { servers: ["http://127.0.0.1:\(dead.port)"] } }
                """)
            let refused = try await none.connect()
            try await refused.send(request)
            let reply = try await refused.reply()
            #expect(reply.status == 502 && reply.header("Connection") == "close")
        }

        @Test("an answer that comes before the body is whole reaches the client, and ends the connection")
        func earlyAnswer() async throws {
            let upstream = try BlockingUpstream.start { connection in
                guard connection.head() != nil else { return }
                connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
                _ = connection.waitForBytes()
            }
            let gateway = try await Self.start(upstream)
            let client = try await gateway.connect()
            try await client.send(Self.post + "Content-Length: 50000000\r\n\r\n")
            try await client.send([UInt8](repeating: 0x61, count: 1 << 16), times: 1)
            let reply = try await client.reply()
            #expect(reply.status == 413 && reply.body == "big" && reply.header("Connection") == "close")
            #expect(try await client.isClosedByPeer())
        }

        // MARK: What does not come to its end

        @Test("a body that is too long, malformed or stops is refused, and its upstream sees that it is cut off")
        func refused() async throws {
            let seen = Notes()
            let upstream = try BlockingUpstream.start { connection in
                guard let head = connection.head() else { return }
                let body = connection.receive(until: "\r\n0\r\n\r\n")
                seen.add(head.contains("chunked") && body.hasSuffix("\r\n0\r\n\r\n") ? "whole" : "cut")
            }
            let gateway = try await Self.start(upstream, ", max_body: 10B, idle: 300ms")
            let chunks = Self.post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            for (request, status, cut) in [
                (Self.post + "Content-Length: 11\r\n\r\n", 413, 0), (chunks + "6\r\nworld!\r\n", 413, 1),
                (chunks + "zz\r\n", 400, 2), (chunks, 408, 3),
                (Self.post + "Content-Length: 8\r\n\r\nhello", 408, 4),
            ] {
                let client = try await gateway.connect()
                try await client.send(request)
                let reply = try await client.reply()
                #expect(reply.status == status && reply.header("Connection") == "close", "\(request)")
                try await waitUntil("\(cut) are cut off") { seen.all.count == cut }
            }
            #expect(seen.all.allSatisfy { $0 == "cut" })
        }

        @Test("a client that goes away in the middle of its body is counted as such, and its upstream told")
        func clientGone() async throws {
            let seen = Notes()
            let upstream = try BlockingUpstream.start { connection in
                guard connection.head() != nil else { return }
                seen.add("head")
                seen.add(connection.receive(until: "never"))
            }
            let gateway = try await Self.start(upstream, accessLog: true)
            let client = try await gateway.connect()
            try await client.send(Self.post + "Content-Length: 10\r\n\r\nhello")
            try await waitUntil("it has begun") { seen.all.count == 1 }
            client.disconnect()
            try await waitUntil("the upstream is told") { seen.all == ["head", "hello"] }
            try await waitUntil("it is logged") { !gateway.standardOutput.isEmpty }
            #expect(gateway.standardOutput[0].contains("\"status\":499"))
        }

        @Test("a body that was begun is not sent twice; one that came with its head is, where the method allows it")
        func retries() async throws {
            let seen = Notes()
            // Each connection has one answer, and is closed under the request after it.
            let upstream = try BlockingUpstream.start { connection in
                while let head = connection.head() {
                    let isSecond = seen.all.count == 1
                    seen.add(String(head.prefix { $0 != "\r\n" }) + connection.receive(until: "hello"))
                    if isSecond { return }
                    connection.send(Self.ok)
                }
            }
            let gateway = try await Self.start(upstream)
            let put = "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
            let client = try await gateway.connect()
            try await client.send(put + "hello")
            #expect(try await client.reply().status == 200)
            try await client.send(put + "hello")
            #expect(try await client.reply().status == 200)
            #expect(seen.all == [String](repeating: "PUT /a HTTP/1.1hello", count: 3))
        }

        @Test("a body of which nothing was sent goes to another connection where the first one was just closed")
        func untouched() async throws {
            let heads = Notes()
            let upstream = try BlockingUpstream.start { connection in
                while let head = connection.head() {
                    heads.add(head)
                    if heads.all.count == 2 { return }
                    let body = head.hasPrefix("PUT") ? connection.receive(until: "hello") : ""
                    connection.send(body == "hello" || head.hasPrefix("GET") ? Self.ok : "")
                }
            }
            let gateway = try await Self.start(upstream)
            let client = try await gateway.connect()
            try await client.request("GET", "/a")
            #expect(try await client.reply().status == 200)
            try await client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
            try await waitUntil("the second connection has the head") { heads.all.count == 3 }
            try await client.send("hello")
            #expect(try await client.reply().status == 200)
        }
    }
}
