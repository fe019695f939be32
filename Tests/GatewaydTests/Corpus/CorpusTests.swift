import Foundation
import Testing

extension RunningPrograms {
    /// Requests that two readers could see differently, and what else a client may send (RFC 9110, RFC 9112).
    @Suite(.serialized, .seat) struct CorpusTests {
        private static let configuration = """
            routes:
              - { path: /ok, methods: [GET, POST, DELETE], respond: { status: 200, body: ok } }
              - { path: /ok/*, methods: [GET], respond: { status: 200, body: ok } }
              - { path: /probe, methods: [GET], respond: { status: 200, body: the probe } }
            """

        /// What came back until the other side closed.
        private static func exchange(_ one: RequestCase, _ port: Int) async throws -> (statuses: [Int], text: String) {
            let client = try await RawClient.connect(port: port)
            // Where it is refused midway the rest of it may meet a closed connection.
            try? await client.send(bytes: one.bytes)
            let text = try await client.all()
            let heads = text.matches(of: #/HTTP/1\.1 (\d{3}) /#)
            return (heads.compactMap { Int($0.output.1) }, text)
        }

        @Test("each has its answers, and nothing is read behind one that ends the connection")
        func direct() async throws {
            #expect(RequestCase.all.count >= 250)
            let gateway = try await Gateway.start(Self.configuration)
            for one in RequestCase.all {
                let (statuses, text) = try await Self.exchange(one, gateway.port)
                #expect(statuses == one.statuses + (one.stays ? [200] : []), "\(one)")
                #expect(text.hasSuffix("the probe") == one.stays, "\(one)")
                let last = text.ranges(of: #/HTTP/1\.1 \d{3} /#).last.map { text[$0.lowerBound...] } ?? ""
                #expect(last.lowercased().contains("\r\nconnection: close\r\n"), "\(one)")
            }
            let stats = try await gateway.stats()
            #expect(stats.workers.first?.restarts == 0)
        }

        @Test("behind nginx each request is one to both of them", .tags(.slow))
        func behindNginx() async throws {
            let gateway = try await Gateway.start(Self.configuration, accessLog: true)
            let nginx = try await Nginx.start(clients: gateway.port, admin: gateway.adminPort)
            // What nginx refuses or answers itself has no upstream.
            func forwarded() -> [String] {
                nginx.requests.filter { ($0["upstream"] as? String)?.hasSuffix(":\(gateway.port)") == true }
                    .compactMap { $0["request_id"] as? String }
            }
            func seen() -> [String] {
                gateway.standardOutput.map { line in
                    let request = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
                    // What gatewayd refuses has no id.
                    return request?["request_id"] as? String ?? line
                }
            }
            // At once, since nginx waits for some of them for as long as a client may take for a body.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for one in RequestCase.all { group.addTask { _ = try await Self.exchange(one, nginx.port) } }
                try await group.waitForAll()
            }
            try await waitUntil("both had written their logs") { forwarded().count == seen().count }
            #expect(forwarded().count > RequestCase.all.count { $0.stays })
            // Each once: what gatewayd refused has no id there, and the end of its connection behind it.
            let ids = seen().filter { !$0.hasPrefix("{") }
            #expect(Set(forwarded()).count == forwarded().count && Set(ids).count == ids.count)
            #expect(Set(ids).isSubset(of: forwarded()))
        }
    }
}
