import Foundation
import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct NginxTests {
        private static func configuration(_ upstream: TestUpstream) -> String {
            """
            upstreams:
              service: { servers: ["\(upstream.url)"] }
            routes:
              - path: /page/{id}
                timeout: 20s
                fan_out:
                  - { name: user, upstream: service, path: "/users/{id}", required: true }
                  - { name: orders, upstream: service, path: "/orders?user={id}" }
              - path: /broken
                fan_out: [{ name: broken, upstream: service, path: /broken, required: true }]
              - path: /silent
                timeout: 300ms
                fan_out: [{ name: silent, upstream: service, path: /silent, required: true }]
            """
        }

        /// What runs for a test, for as long as the test holds it.
        private struct Front {
            let upstream: TestUpstream
            let gateway: Gateway
            let nginx: Nginx
        }

        private func start(workers: Int = 1) async throws -> Front {
            let upstream = try await TestUpstream.start()
            upstream.on("/users/7", .json(#"{"id":7}"#))
            upstream.on("/orders", .json("[1,2]"))
            upstream.on("/broken", .status(500, "{}"))
            upstream.on("/silent", .never)
            let gateway = try await Gateway.start(Self.configuration(upstream), workers: workers)
            let nginx = try await Nginx.start(clients: gateway.port, admin: gateway.adminPort)
            return Front(upstream: upstream, gateway: gateway, nginx: nginx)
        }

        @Test func aPageThroughNginxIsWholeAndCarriesOneRequestIDAllTheWay() async throws {
            let front = try await start()
            let made = try await front.nginx.get("/page/7")
            #expect(made.status == 200)
            #expect(made.body == #"{"user":{"id":7},"orders":[1,2]}"#)
            #expect(made.header("X-Gateway-Completed") == "true")
            let id = try #require(made.header("X-Request-Id"))
            #expect(id.count == 32 && id.allSatisfy(\.isHexDigit), "nginx makes ids of 32 hexadecimal digits")
            #expect(front.upstream.requests("/users/7").map { $0.header("X-Request-Id") } == [id])

            let given = try await front.nginx.get("/page/7", headers: [("X-Request-Id", "from-the-client.1")])
            #expect(given.header("X-Request-Id") == "from-the-client.1")
            #expect(front.upstream.requests("/orders").last?.header("X-Request-Id") == "from-the-client.1")
        }

        @Test func whatNginxSendsSaysWhoTheClientIs() async throws {
            let upstream = try await TestUpstream.start()
            upstream.on("/page/7", .json("{}"))
            upstream.on("/healthz", .json("{}"))
            let nginx = try await Nginx.start(clients: upstream.port, admin: upstream.port)
            let reply = try await nginx.get("/page/7", headers: [("X-Forwarded-For", "192.0.2.1")])
            #expect(reply.status == 200)
            let seen = try #require(upstream.requests("/page/7").first)
            #expect(seen.header("X-Forwarded-For") == "192.0.2.1, 127.0.0.1")
            #expect(seen.header("X-Forwarded-Proto") == "http")
            #expect(seen.header("X-Forwarded-Host") == "gateway.test")
            #expect(seen.header("Host") == "gateway.test")
            #expect(seen.header("X-Request-Id")?.count == 32)
        }

        @Test func statisticsAreForThisMachineOnly() async throws {
            let front = try await start()
            #expect(try await front.nginx.get("/gatewayd/stats").json["supervisor"] != nil)
            #expect(try await front.nginx.get("/readyz").status == 200)
            // From another address: the loopback network has more than one.
            let other = [
                "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--interface", "127.0.0.2",
            ]
            for (path, status) in [("/gatewayd/stats", "403"), ("/gatewayd/", "403"), ("/page/7", "200")] {
                let curl = try Program("/usr/bin/curl", other + ["http://127.0.0.1:\(front.nginx.port)\(path)"])
                #expect(try await curl.exit() == 0)
                try await curl.allGone()
                #expect(curl.output.lines == [status], "\(path)")
            }
        }

        @Test(arguments: [("/broken", 502), ("/silent", 504)])
        func aConsideredErrorOfTheGatewayIsPassedOnAndNotTriedAgain(path: String, status: Int) async throws {
            let front = try await start()
            let reply = try await front.nginx.get(path)
            #expect(reply.status == status)
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(reply.header("X-Gateway-Failed") != nil, "it is the gateway's own answer")
            #expect(front.upstream.requests(path).count == 1)
            #expect(try await front.gateway.stats().totals.requests.total == 1)
        }

        @Test func nginxTriesARequestAgainWhoseWorkerWasKilled() async throws {
            let front = try await start(workers: 3)
            let load = LoadClients.start(port: front.nginx.port, connections: 16, path: "/page/7")
            try await waitUntil("load is under way") { load.answered > 200 }
            for deaths in 1...3 {
                let victim = try #require(
                    try await front.gateway.stats().workers.max { $0.connections.active < $1.connections.active })
                front.gateway.signal(SIGKILL, to: victim.pid)
                let answered = load.answered
                try await waitUntil("it is replaced, and load goes on") {
                    let stats = try await front.gateway.stats()
                    return load.answered > answered + 100 && stats.supervisor.restarts_total == deaths
                        && stats.supervisor.workers_ready == 3
                }
            }
            let result = await load.stop()
            // Three attempts are what nginx.conf promises. When one worker had nearly all kept connections, a request may
            // meet three dead ones in a row; each death finds as many as 16 in flight.
            #expect(result.failures.count <= 6, "\(result.failures)")
            #expect(result.failures.allSatisfy { $0.hasPrefix("status 502: ") }, "\(result.failures)")
            let failedAttempts = front.nginx.log.split(separator: "\n").count {
                $0.contains("prematurely closed") || $0.contains("reset by peer")
            }
            #expect(failedAttempts > result.failures.count * 3, "what failed once was tried again")
            #expect(result.answersPerConnection.allSatisfy { $0 > 0 })
        }

        @Test func withoutAGatewayNginxAnswersInItsForm() async throws {
            let front = try await start()
            front.gateway.signal(SIGTERM)
            #expect(try await front.gateway.exit() == 0)
            let reply = try await front.nginx.get("/page/7")
            #expect(reply.status == 502)
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(reply.json["detail"] as? String == "gatewayd is not there")
        }
    }
}
