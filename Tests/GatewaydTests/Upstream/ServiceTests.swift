import Foundation
import Testing

extension RunningPrograms.NameTests {
    private static let services = """
        names: { age: 100ms, timeout: 2s }
        upstreams:
          plain: { servers: ["srv+http://_web._tcp.test"] }
          curl: { servers: ["srv+http://_web._tcp.test"], engine: libcurl }
          unknown: { servers: ["srv+http://_unknown._tcp.test"] }
          hang: { servers: ["srv+http://_web._tcp.hang.test"] }
        routes:
          - path: /web
            timeout: 20s
            fan_out:
              - { name: plain, upstream: plain, path: /, required: true }
              - { name: curl, upstream: curl, path: /, required: true }
          - path: /none
            timeout: 20s
            merge: envelope
            fan_out:
              - { name: unknown, upstream: unknown, path: / }
              - { name: hang, upstream: hang, path: / }
              - { name: good, url: "http://good.test:\(port)/" }
        """

    /// How many calls each server answered, by what it answers with; every page must succeed.
    private static func answers(
        _ pages: Int, _ folder: TemporaryFolder
    ) async throws -> (plain: [Int: Int], curl: [Int: Int]) {
        var answers: (plain: [Int: Int], curl: [Int: Int]) = ([:], [:])
        for _ in 0..<pages {
            let reply = try await get("/web", from: "\(folder.path)/http.sock")
            #expect(reply.status == 200, "\(reply.body)")
            answers.plain[reply.json["plain"] as? Int ?? 0, default: 0] += 1
            answers.curl[reply.json["curl"] as? Int ?? 0, default: 0] += 1
        }
        return answers
    }

    /// Asks for pages, which must all succeed, until both lanes call that server and no other.
    private static func follow(to server: Int, _ folder: TemporaryFolder) async throws {
        try await waitUntil("the records were followed") {
            let answers = try await answers(4, folder)
            return answers.plain == [server: 4] && answers.curl == [server: 4]
        }
    }

    @Test("servers, weights and priorities of records are used, changes are followed, and no call fails meanwhile")
    func service() async throws {
        let network = try await PrivateNetwork.start()
        try network.setService(
            """
            20 1 \(Self.port) public.test
            10 1 \(PrivateNetwork.secondPort) both.test
            10 3 \(Self.port) good.test
            """)
        let folder = try TemporaryFolder()
        let gateway = try await Self.start(network, in: folder, Self.services)
        defer { gateway.stop() }
        // The very first calls wait for the lookup. Each lane has its turns, and both the same.
        let answers = try await Self.answers(40, folder)
        #expect(answers.plain == [1: 30, 2: 10])
        #expect(answers.curl == [1: 30, 2: 10])

        try network.setService("10 1 \(Self.port) public.test")
        try await Self.follow(to: 3, folder)

        // The name server fails: what was known last is used.
        try network.setService(nil)
        let lookups = network.serviceLookups
        try await waitUntil("lookups had failed") { network.serviceLookups >= lookups + 8 }
        #expect(try await Self.answers(10, folder).plain == [3: 10])

        // Nobody is there at the better priority: each call that finds out goes on to the next.
        try network.setService("10 1 1 good.test\n20 1 \(Self.port) good.test")
        try await Self.follow(to: 1, folder)
        _ = try await Self.answers(20, folder)
        let log = gateway.errors.lines
        #expect(
            log.contains { $0.contains(#""event":"servers_lookup_failed""#) && $0.contains(#""upstream":"plain""#) })
        #expect(
            log.contains { $0.contains(#""event":"servers_changed""#) && $0.contains(#"["http://public.test:8080"]"#) })
    }

    @Test("servers that records name are probed once for all workers, shown, and left out by all while they are down")
    func health() async throws {
        let network = try await PrivateNetwork.start()
        try network.setService("10 1 \(Self.port) good.test\n10 1 \(PrivateNetwork.secondPort) good.test")
        let folder = try TemporaryFolder()
        let gateway = try await Self.start(
            network, in: folder,
            """
            names: { age: 100ms }
            upstreams:
              web:
                servers: ["srv+http://_web._tcp.test"]
                health: { path: /probe, interval: 100ms, fall: 2 }
            routes:
              - path: /web
                fan_out: [{ name: web, upstream: web, path: / }]
            """, workers: 3)
        defer { gateway.stop() }
        try await waitUntil("the server that nobody is at was down and the other one up") {
            let stats = try await Self.get("/stats", from: "\(folder.path)/admin.sock").json
            let web = (stats["upstreams"] as? [String: Any])?["web"] as? [String: Any]
            let servers = web?["servers"] as? [[String: Any]] ?? []
            return servers.compactMap { $0["url"] as? String }.sorted()
                == ["http://good.test:\(Self.port)", "http://good.test:\(PrivateNetwork.secondPort)"]
                && servers.allSatisfy {
                    let isThere = $0["url"] as? String == "http://good.test:\(Self.port)"
                    return $0["state"] as? String == (isThere ? "up" : "down")
                        && $0["removed_total"] as? Int == (isThere ? 0 : 1)
                }
        }
        // Of three workers that each probed, 20 probes would take 7 intervals.
        let (before, start) = (network.probes, ContinuousClock.now)
        try await waitUntil("20 probes") { network.probes >= before + 20 }
        #expect(ContinuousClock.now - start > .milliseconds(1_500))
    }

    @Test("a service that is unknown, or never answered for, fails its calls as dns within the names' timeout")
    func noService() async throws {
        let network = try await PrivateNetwork.start()
        let folder = try TemporaryFolder()
        let gateway = try await Self.start(network, in: folder, Self.services)
        defer { gateway.stop() }
        let reply = try await Self.get("/none", from: "\(folder.path)/http.sock")
        let calls = try #require(reply.json["results"] as? [String: [String: Any]])
        #expect(calls["unknown"]?["error"] as? String == "dns")
        #expect(calls["unknown"]?["ms"] as? Double ?? .infinity < 2_000)
        #expect(calls["hang"]?["error"] as? String == "dns")
        // With a second of patience for a busy machine.
        #expect((2_000...3_000).contains(calls["hang"]?["ms"] as? Double ?? 0))
        #expect(calls["good"]?["status"] as? Int == 200)
    }
}
