import Foundation
import Testing

extension RunningPrograms {
    /// Thousands of pages whose calls fail in every cheap way leave nothing behind in the worker.
    @Suite(.serialized, .alone) struct LeakTests {
        /// Does what a path says; a thread for each connection, since thousands are made.
        private static func upstream() throws -> BlockingUpstream {
            let ok = "HTTP/1.1 200 OK\r\n"
            let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
            let answers: [String: String] = [
                "/reset": ok + "Content-Length: 100\r\n\r\n{", "/close": chunked + "1\r\n{\r\n",
                "/noise": "this is no HTTP\r\n\r\n", "/chunks": chunked + "zz\r\n",
                "/large": ok + "Content-Length: 1000000\r\n\r\n{",
                "/coded": ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno",
                "/status": "HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n{}",
                "/invalid": ok + "Content-Length: 1\r\n\r\n{",
            ]
            let bytes = answers.mapValues { Array($0.utf8) }
            let ends: Set = ["/reset", "/close", "/noise", "/chunks", "/large", "/coded"]
            return try BlockingUpstream.start { connection in
                while let path = connection.request() {
                    if path == "/late" { return _ = connection.waitForBytes() }
                    let number = path.drop { !$0.isNumber }
                    let good = Array("\(ok)Content-Length: \(number.count)\r\n\r\n\(number)".utf8)
                    guard connection.send(bytes[path] ?? good) else { return }
                    if path == "/reset" { connection.resetAtEnd() }
                    if ends.contains(path) { return }
                }
            }
        }

        private static func cases(_ url: String, _ dead: DeadPort) -> [CallCase] {
            [
                .fails("dead", "connect", url: "http://127.0.0.1:\(dead.port)"),
                .fails("reset", "reset", url: url), .fails("close", "reset", url: url),
                .fails("noise", "protocol", url: url), .fails("chunks", "protocol", url: url),
                .fails("large", "too_large", url: url), .fails("coded", "protocol", url: url),
                .fails("status", "status", url: url), .fails("invalid", "invalid_json", url: url),
                .fails("late", "timeout", url: url, keys: "timeout: 20ms"),
            ]
        }

        // Of ten thousand pages half go over each lane: 13 calls each, which takes a debug build 8 s on two idle cores.
        @Test(
            "thousands of pages of failures leave no descriptor, call or memory behind", .tags(.slow),
            arguments: TestEngine.allCases)
        func nothingLeft(engine: TestEngine) async throws {
            let (warmUp, pages) = (2_000, 3_000)
            let dead = try DeadPort()
            let upstream = try Self.upstream()
            let cases = Self.cases(upstream.url, dead)
            let page = try await EnginePage.start(engine, cases, at: upstream.url)
            try await page.expectAsSaid()
            let pid = try #require(try await page.gateway.stats().workers.first?.pid)
            try await page.load(pages: warmUp)
            let before = Holdings(of: pid)
            try await page.load(pages: pages)
            let after = Holdings(of: pid)
            // Connections are kept for as many calls as ever ran at once, five a page of the 48 clients; of calls that
            // failed there were thousands.
            #expect(after.descriptors <= before.descriptors + 5 * 48, "\(before), then \(after)")
            #expect(after.residentBytes <= before.residentBytes + (8 << 20), "\(before), then \(after)")
            let stats = try await page.gateway.stats()
            #expect(stats.totals.calls.in_flight == 0 && stats.totals.requests.in_flight == 0)
            #expect(stats.totals.requests.by_class["2xx"] == warmUp + pages + 2)
            #expect(stats.totals.calls.failed.values.reduce(0, +) == cases.count * (warmUp + pages + 2))
            #expect(stats.workers.first?.pid == pid, "it is the same worker")
            try await page.expectAsSaid()
            withExtendedLifetime((dead, upstream)) {}
        }
    }
}
