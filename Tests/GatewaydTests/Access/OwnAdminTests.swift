import Foundation
import Testing

extension RunningPrograms.NameTests {
    private static let admin = 9_180

    @Test(
        "a name or a record that leads to the admin endpoint leads nowhere, on both lanes, for a proxy and for a batch",
        arguments: ["127.0.0.1:9180", "0.0.0.0:9180"])
    func ownAdmin(address: String) async throws {
        let network = try await PrivateNetwork.start()
        try network.setService("10 1 \(Self.admin) good.test")
        let folder = try TemporaryFolder()
        let gateway = try await Self.start(
            network, in: folder,
            """
            upstreams:
              plain: { servers: ["http://good.test:\(Self.admin)"] }
              curl: { servers: ["http://good.test:\(Self.admin)"], engine: libcurl }
              records: { servers: ["srv+http://_web._tcp.test"] }
              records_curl: { servers: ["srv+http://_web._tcp.test"], engine: libcurl }
              other: { servers: ["http://good.test:\(Self.port)"] }
              other_curl: { servers: ["http://good.test:\(Self.port)"], engine: libcurl }
            routes:
              - path: /page
                timeout: 20s
                merge: envelope
                fan_out:
                  - { name: plain, upstream: plain, path: /stats }
                  - { name: curl, upstream: curl, path: /stats }
                  - { name: records, upstream: records, path: /stats }
                  - { name: records_curl, upstream: records_curl, path: /stats }
                  - { name: url, url: "http://good.test:\(Self.admin)/stats" }
                  - { name: other, upstream: other, path: / }
                  - { name: other_curl, upstream: other_curl, path: / }
              - { path: /proxy/*, timeout: 20s, proxy: { upstream: plain, strip_prefix: /proxy } }
              - { path: /batch, batch: { allow: ["http://good.test:*"], private: true, timeout: 10s } }
            """, admin: address)
        defer { gateway.stop() }
        let socket = "\(folder.path)/http.sock"
        for _ in 0..<2 {
            let reply = try await Self.get("/page", from: socket)
            let calls = try #require(reply.json["results"] as? [String: [String: Any]], "\(reply.body)")
            let errors = calls.compactMapValues { $0["error"] as? String }
            #expect(
                errors == [
                    "plain": "forbidden", "curl": "forbidden", "records": "forbidden", "records_curl": "forbidden",
                    "url": "forbidden",
                ])
            // The same address at another port is anybody's.
            for name in ["other", "other_curl"] { #expect(calls[name]?["body"] as? Int == 1) }
        }
        let proxied = try await Self.get("/proxy/stats", from: socket)
        #expect(proxied.status == 502 && !proxied.body.contains("workers_ready"), "\(proxied.body)")
        let client = try await RawClient.connect(path: socket)
        let urls = #"{"urls": ["http://good.test:\#(Self.admin)/stats", "http://good.test:\#(Self.port)/"]}"#
        try await client.send(
            "POST /batch HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: \(urls.utf8.count)\r\n\r\n\(urls)")
        let batch = try await client.reply()
        let results = try #require(batch.json["results"] as? [[String: Any]], "\(batch.body)")
        #expect(results.map { $0["error"] as? String } == ["forbidden", nil])
        #expect(results.last?["status"] as? Int == 200)
    }
}
