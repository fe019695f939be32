import TestSupport
import Testing

@testable import Scoreboard

@Suite("Requests by route")
struct RouteTests {
    private static func traffic(_ using: inout SeededGenerator) -> RouteTraffic {
        var traffic = RouteTraffic()
        for place in 0..<5 { traffic.byClass[place] = using.next() >> 40 }
        for index in traffic.buckets.indices { traffic.buckets[index] = using.next() >> 40 }
        traffic.sumMicroseconds = using.next() >> 40
        traffic.maxMicroseconds = using.next() >> 40
        return traffic
    }

    @Test("Merging is associative and commutative, and nothing counted merges as nothing")
    func associative() {
        var random = SeededGenerator(seed: 17)
        for _ in 0..<200 {
            let (a, b, c) = (Self.traffic(&random), Self.traffic(&random), Self.traffic(&random))
            #expect(a.merged(with: b).merged(with: c) == a.merged(with: b.merged(with: c)))
            #expect(a.merged(with: b) == b.merged(with: a))
            #expect(a.merged(with: RouteTraffic()) == a)
        }
    }

    @Test("A time is counted under the first bound that it does not exceed, or behind them all")
    func buckets() throws {
        let board = try TestBoard(slots: 1)
        board.start(0)
        board.scoreboard.supervisor.registerRoute("/a")
        let worker = try board.scoreboard.worker(0)
        for bound in MetricsWriter.bounds {
            worker.requestFinished(status: 200, latency: .microseconds(Int64(bound)), route: 0)
            worker.requestFinished(status: 500, latency: .microseconds(Int64(bound) + 1), route: 0)
        }
        // A WebSocket, whose time says nothing.
        worker.requestFinished(status: 101, latency: nil, route: 0)
        let routes = board.scoreboard.reader.snapshot().routes
        let traffic = try #require(routes.first?.traffic)
        let count = UInt64(MetricsWriter.bounds.count)
        #expect(traffic.buckets == [1] + Array(repeating: 2, count: MetricsWriter.bounds.count - 1) + [1])
        #expect(traffic.byClass.named.map(\.count) == [1, count, 0, 0, count] && traffic.total == 2 * count + 1)
        #expect(traffic.maxMicroseconds == (MetricsWriter.bounds.last ?? 0) + 1)
        #expect(traffic.sumMicroseconds == 2 * MetricsWriter.bounds.reduce(0, +) + count)
    }

    @Test("A path keeps its place over reloads; those for which there is no room are counted together")
    func places() throws {
        let board = try TestBoard(slots: 1)
        board.start(0)
        let paths = (0..<ScoreboardLimits.routes).map { "/route/\($0)" }
        for path in paths + paths.reversed() + ["/late"] { board.scoreboard.supervisor.registerRoute(path) }
        let reader = board.scoreboard.reader
        #expect(reader.routeIndices(ofPaths: paths.reversed()) == Array((0..<ScoreboardLimits.routes).reversed()))
        let others = reader.routeIndices(ofPaths: ["/late", "/" + String(repeating: "n", count: 200)])
        #expect(others == [ScoreboardLimits.routes, ScoreboardLimits.routes])
        #expect(!reader.snapshot().routes.contains { $0.name == "other" })
        let worker = try board.scoreboard.worker(0)
        for place in others + [5, nil, -1, ScoreboardLimits.routes + 1] {
            worker.requestFinished(status: 200, latency: .milliseconds(1), route: place)
        }
        let routes = reader.snapshot().routes
        #expect(routes.filter { $0.traffic.total > 0 }.map(\.name) == ["/route/5", "other"])
        #expect(routes.last?.traffic.total == 2)
    }
}
