import Glibc
import Testing

extension RunningPrograms {
    @Suite(.serialized, .seat) struct DrainTests {
        /// A gateway of two workers with `count` requests in flight, which the upstream holds.
        private func inFlight(
            _ count: Int, settings: String = ""
        ) async throws -> (Gateway, TestUpstream, [Task<HTTPReply, any Error>], [pid_t]) {
            let upstream = try await Page.upstream()
            upstream.on("/held", .hold(then: .json("{}")))
            let gateway = try await Gateway.start(Page.configuration(upstream, settings: settings), workers: 2)
            let replies = (0..<count).map { _ in Task { try await gateway.get("/held") } }
            try await waitUntil("the upstream has all requests") { upstream.inFlight("/held") == count }
            let stats = try await gateway.stats()
            return (
                gateway, upstream, replies, [gateway.pid, try #require(stats.admin).pid] + stats.workers.map(\.pid)
            )
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func everyRequestInFlightIsAnsweredBeforeTheEnd(signal: Int32) async throws {
            let (gateway, upstream, replies, pids) = try await inFlight(8)
            gateway.signal(signal)
            try await gateway.waitFor(event: "draining")
            try await waitUntil("new connections are refused") {
                (try? await gateway.get("/page")) == nil
            }
            #expect(try await gateway.admin("/readyz").status == 503)
            #expect(try await gateway.admin("/healthz").status == 200)
            #expect(try await gateway.stats().supervisor.state == "draining")
            #expect(upstream.inFlight("/held") == 8)
            upstream.release("/held")
            for reply in replies {
                let answer = try await reply.value
                #expect(answer.status == 200)
                #expect(answer.header("Connection") == "close")
            }
            #expect(try await gateway.exit() == 0)
            #expect(pids.filter(ProcessFiles.isAlive) == [])
            try await gateway.program.allGone()
        }

        @Test func loadThatEndsInADrainLosesNoRequestThatWasTaken() async throws {
            let upstream = try await Page.upstream()
            let gateway = try await Gateway.start(Page.configuration(upstream), workers: 2)
            let load = LoadClients.start(port: gateway.port, connections: 16, path: "/page")
            try await waitUntil("load is under way") { load.answered > 200 }
            let before = upstream.requests("/first").count
            #expect(before > 0)
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            #expect(await load.stop().failures == [])
            #expect(upstream.disconnects("/first") == 0 && upstream.disconnects("/second") == 0)
        }

        @Test func aRequestThatNeverEndsIsCutOffAtTheLimitOfTheDrain() async throws {
            let (gateway, _, replies, pids) = try await inFlight(1, settings: "drain: 1s")
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            await #expect(throws: (any Error).self) { try await replies[0].value }
            #expect(pids.filter(ProcessFiles.isAlive) == [])
            try await gateway.program.allGone()
        }

        @Test func aSecondSignalEndsAtOnce() async throws {
            let (gateway, _, replies, pids) = try await inFlight(1)
            gateway.signal(SIGTERM)
            try await gateway.waitFor(event: "draining")
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 1)
            await #expect(throws: (any Error).self) { try await replies[0].value }
            #expect(pids.filter(ProcessFiles.isAlive) == [])
            try await gateway.program.allGone()
        }

        @Test func aWorkerThatIsStoppedDuringTheDrainIsKilledAtItsLimit() async throws {
            let (gateway, _, replies, pids) = try await inFlight(1, settings: "drain: 1s")
            for pid in pids.dropFirst(2) {
                gateway.signal(SIGSTOP, to: pid)
                try await waitUntil("it was stopped") { ProcessFiles.isStopped(pid) }
            }
            gateway.signal(SIGTERM)
            try await gateway.waitFor(event: "worker_drain_timeout")
            #expect(try await gateway.exit() == 0)
            await #expect(throws: (any Error).self) { try await replies[0].value }
            #expect(pids.filter(ProcessFiles.isAlive) == [])
            try await gateway.program.allGone()
        }
    }
}
