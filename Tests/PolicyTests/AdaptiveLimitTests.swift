import Base
import Testing

@testable import Policy

/// The adaptive limit over a simulated service.
@Suite struct AdaptiveLimitTests {
    /// A service that answers so many requests at once, each in so long; those beyond wait.
    private struct Service {
        /// Of each worker.
        var limits: [AdaptiveLimit]
        let servers: Int
        var time: Duration
        /// When each server is free again, in seconds, the first one first.
        private var free: [Double]
        /// Ends of those in flight, and when they began, the first end first.
        private var running: [(worker: Int, start: Double, end: Double)] = []
        /// By worker.
        private var inFlight: [Int]
        private var turn = 0
        private(set) var latencies: [Double] = []
        private(set) var refused = 0
        private(set) var answered = 0

        init(servers: Int, time: Duration, workers: Int = 1) {
            let cells = LocalCells()
            inFlight = Array(repeating: 0, count: workers)
            limits = (0..<workers).map { _ in
                var limit = AdaptiveLimit(routes: 1, most: 10_000, cells, at: at(0))
                limit.workers = workers
                return limit
            }
            self.servers = servers
            self.time = time
            free = Array(repeating: 0, count: servers)
        }

        /// Offers requests at a rate from one time to another.
        mutating func offer(_ rate: Double, from start: Double, to end: Double) {
            latencies = []
            refused = 0
            answered = 0
            var random = SplitMix64(seed: 5)
            var now = start
            while now < end {
                now += 1 / rate * Double.random(in: 0.5...1.5, using: &random)
                finish(until: now)
                turn = (turn + 1) % limits.count
                let worker = turn
                guard limits[worker].admits(inFlight: inFlight[worker], at: at(now)) else {
                    refused += 1
                    continue
                }
                let begin = max(now, free.removeFirst())
                let work = Double(time.wholeMicroseconds) / 1e6 * Double.random(in: 0.8...1.2, using: &random)
                let end = begin + work
                free.insert(end, at: Self.place(of: end, in: free, by: { $0 }))
                running.insert((worker, now, end), at: Self.place(of: end, in: running, by: \.end))
                inFlight[worker] += 1
            }
        }

        /// Behind all elements that are not later, of an array in order.
        private static func place<Element>(of time: Double, in all: [Element], by key: (Element) -> Double) -> Int {
            var (low, high) = (0, all.count)
            while low < high {
                let middle = (low + high) / 2
                if key(all[middle]) <= time { low = middle + 1 } else { high = middle }
            }
            return low
        }

        private mutating func finish(until now: Double) {
            let done = running.prefix { $0.end <= now }
            running.removeFirst(done.count)
            for request in done {
                inFlight[request.worker] -= 1
                limits[request.worker].record(
                    route: 0, latency: .microseconds(Int((request.end - request.start) * 1e6)), at: at(request.end))
                latencies.append(request.end - request.start)
                answered += 1
            }
        }

        func percentile(_ part: Double) -> Double { latencies.sorted()[Int(Double(latencies.count - 1) * part)] }
    }

    @Test(
        "at twice its capacity a service goes on at nine tenths of that at least, and p99 stays below thrice the quiet one"
    )
    func overload() {
        // 20 at once, 10 ms each: 2,000 a second.
        var service = Service(servers: 20, time: .milliseconds(10))
        service.offer(1_000, from: 0, to: 5)
        let quiet = service.percentile(0.99)
        #expect(service.refused == 0)
        service.offer(4_000, from: 5, to: 10)
        service.offer(4_000, from: 10, to: 40)
        #expect(Double(service.answered) / 30 >= 0.9 * 2_000)
        #expect(service.percentile(0.99) <= 3 * quiet, "\(service.percentile(0.99)) against \(quiet)")
        service.offer(1_000, from: 40, to: 45)
        // What was in flight has to end first.
        #expect(service.refused < 10)
    }

    @Test("below its capacity nothing is refused, whatever the limit began with")
    func noOverload() {
        var service = Service(servers: 400, time: .milliseconds(50))
        service.offer(500, from: 0, to: 3)
        service.offer(2_000, from: 3, to: 6)
        service.offer(6_000, from: 6, to: 20)
        #expect(Double(service.refused) / Double(service.answered) < 0.01)
    }

    @Test("a service that became slower is taken for what it is within two epochs")
    func slower() {
        var service = Service(servers: 200, time: .milliseconds(10))
        service.offer(2_000, from: 0, to: 5)
        service.time = .milliseconds(60)
        service.offer(2_000, from: 5, to: 30)
        service.offer(2_000, from: 30, to: 35)
        #expect(Double(service.refused) / Double(service.answered) < 0.02)
    }

    @Test("several workers find one limit, which each has its part of")
    func shared() {
        var four = Service(servers: 80, time: .milliseconds(10), workers: 4)
        four.offer(4_000, from: 0, to: 5)
        four.offer(16_000, from: 5, to: 10)
        four.offer(16_000, from: 10, to: 30)
        #expect(Double(four.answered) / 20 >= 0.9 * 8_000)
        let parts = four.limits.map { $0.current(at: at(30)) }
        #expect(Set(parts).count == 1 && parts[0] * 4 >= 80 && parts[0] * 4 < 240, "\(parts)")
    }
}
