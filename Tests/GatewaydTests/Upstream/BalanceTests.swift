import Glibc
import Testing

extension RunningPrograms {
    /// How kept connections spread over the workers that share the listening socket.
    @Suite(.serialized, .alone) struct BalanceTests {
        /// In which order clients arrive.
        enum Arrival: String, CaseIterable {
            /// All connect before any is accepted for certain: the calls do not wait for one another.
            case atOnce = "at once"
            /// Each waits for its first answer before the next one connects.
            case oneByOne = "one by one"
            /// Ten at once, and the next ten after their answers.
            case bursts = "in bursts"

            var size: Int {
                switch self {
                case .atOnce: 200
                case .oneByOne: 1
                case .bursts: 10
                }
            }
        }

        private static let clients = 200

        private static func start() async throws -> Gateway {
            let upstream = try await Page.upstream()
            return try await Gateway.start(Page.configuration(upstream), workers: 4)
        }

        /// Opens connections that stay open, with a request on each.
        private static func open(_ count: Int, _ gateway: Gateway) async throws -> [RawClient] {
            try await withThrowingTaskGroup(of: RawClient.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        let client = try await gateway.connect()
                        try await client.request("GET", "/nothing")
                        #expect(try await client.reply().status == 404)
                        return client
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }

        private static func held(_ gateway: Gateway) async throws -> [Int] {
            try await gateway.stats().workers.map(\.connections.active)
        }

        @Test(
            "of 200 kept connections the busiest of 4 workers holds at most 1.15 of the mean",
            arguments: Arrival.allCases)
        func even(arrival: Arrival) async throws {
            let gateway = try await Self.start()
            var clients: [RawClient] = []
            while clients.count < Self.clients { clients += try await Self.open(arrival.size, gateway) }
            let held = try await Self.held(gateway)
            #expect(held.reduce(0, +) == Self.clients)
            #expect(Double(held.max() ?? 0) <= 1.15 * Double(Self.clients) / 4, "\(held)")
            withExtendedLifetime(clients) {}
        }

        @Test("after one worker has lost its connections, new ones go to it and not to the others")
        func afterAnImbalance() async throws {
            let gateway = try await Self.start()
            var clients = try await Self.open(120, gateway)
            let victim = try #require(try await gateway.stats().workers.first)
            #expect(kill(pid_t(victim.pid), SIGKILL) == 0)
            try await waitUntil("its successor was ready") {
                let worker = try await gateway.stats().workers.first
                return worker?.state == "ready" && worker?.pid != victim.pid
            }
            for _ in 0..<30 { clients += try await Self.open(1, gateway) }
            let held = try await Self.held(gateway)
            // 90 are left to the others: so long as these hold more than a mean of 27, it is its turn.
            #expect(held[0] >= 17, "\(held)")
            withExtendedLifetime(clients) {}
        }

        @Test("a worker that hangs keeps no connection from the others")
        func hanging() async throws {
            let gateway = try await Self.start()
            var clients = try await Self.open(40, gateway)
            let stopped = try #require(try await gateway.stats().workers.first)
            #expect(kill(pid_t(stopped.pid), SIGSTOP) == 0)
            try await waitUntil("all its threads stood still") { ProcessFiles.isStopped(pid_t(stopped.pid)) }
            // All of these are answered, and the hanging one holds what it held.
            for _ in 0..<12 { clients += try await Self.open(5, gateway) }
            let held = try await Self.held(gateway)
            #expect(held[0] == stopped.connections.active, "\(held)")
            withExtendedLifetime(clients) {}
        }
    }
}
