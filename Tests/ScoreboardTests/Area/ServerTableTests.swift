import Base
import Policy
import Testing

@testable import Scoreboard

@Suite("Servers on the scoreboard")
struct ServerTableTests {
    private let board: TestBoard
    private let users: Int

    init() throws {
        board = try TestBoard(slots: 1)
        users = try board.scoreboard.supervisor.registerUpstream(named: "users")
    }

    private func register(_ urls: [String], at second: UInt64) {
        board.scoreboard.supervisor.registerServers(urls.map { (users, $0) }, at: .seconds(second))
    }

    private func claim(_ url: String, until end: UInt64, at second: UInt64) -> BoardCells? {
        board.scoreboard.health(ofServer: url, upstream: users, inUseUntil: .seconds(end), at: .seconds(second))
    }

    private func shown(at second: UInt64) -> [String] {
        board.scoreboard.reader.snapshot().conditions[users].servers(at: .seconds(second)).map(\.url)
    }

    @Test("What is known of a configured server stays over configurations, and only those of the last are shown")
    func configured() throws {
        register(["http://a", "http://b", "http://a"], at: 1)
        #expect(shown(at: 1_000_000) == ["http://a", "http://b"])
        let cells = try #require(board.scoreboard.health(ofServer: "http://a", upstream: users))
        #expect(cells.exchange(0, 0, 7))
        #expect(board.scoreboard.health(ofServer: "http://a", upstream: users + 1) == nil)
        register(["http://b"], at: 10)
        #expect(shown(at: 10) == ["http://b"])
        register(["http://c", "http://a"], at: 500)
        #expect(shown(at: 500) == ["http://a", "http://c"])
        #expect(board.scoreboard.health(ofServer: "http://a", upstream: users)?.load(0) == 7)
    }

    @Test("One that records name is known to all who claim it, shown until nobody does, and then forgotten")
    func claimed() throws {
        let cells = try #require(claim("http://a", until: 20, at: 10))
        #expect(cells.exchange(0, 0, 7))
        #expect(claim("http://a", until: 30, at: 15)?.load(0) == 7)
        // An earlier end does not take it from others.
        #expect(claim("http://a", until: 16, at: 15)?.load(0) == 7)
        #expect(shown(at: 29) == ["http://a"])
        #expect(shown(at: 30).isEmpty)
        #expect(claim("http://a", until: 70, at: 60)?.load(0) == 7)
        #expect(claim("http://a", until: 1_070, at: 1_060)?.load(0) == 0, "10 minutes later it is a new one")
        // What the configuration has is not given up by a claim.
        register(["http://a"], at: 1_061)
        _ = claim("http://a", until: 1_062, at: 1_061)
        #expect(shown(at: 9_000) == ["http://a"])
    }

    @Test("Where there is no room a server is judged by each worker, until places are free again")
    func full() throws {
        register((0..<ScoreboardLimits.servers).map { "http://\($0)" }, at: 1)
        #expect(shown(at: 1).count == ScoreboardLimits.servers)
        #expect(claim("http://a", until: 20, at: 10) == nil)
        #expect(claim("http://0", until: 20, at: 10) != nil)
        #expect(claim("http://" + String(repeating: "a", count: 300), until: 20, at: 10) == nil)
        register(["http://1023"], at: 11)
        #expect(claim("http://a", until: 20, at: 600) == nil, "those that drain may still write there")
        #expect(claim("http://a", until: 800, at: 700) != nil)
        #expect(shown(at: 700) == ["http://a", "http://1023"])
    }

    @Test("Workers that enter servers at the same time come together in one place for each")
    func concurrent() async throws {
        let urls = (0..<40).map { "http://\($0)" }
        // Round after round in the places of those before, which are free by then.
        for round in UInt64(0)..<20 {
            let now = MonotonicTime.seconds(1_000 * (round + 1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    let scoreboard = try Scoreboard.map(descriptor: board.descriptor)
                    let order = worker % 2 == 0 ? urls : urls.reversed()
                    group.addTask { [users] in
                        for url in order {
                            let cells = scoreboard.health(
                                ofServer: "\(url)/\(round)", upstream: users, inUseUntil: now + .seconds(10), at: now)
                            try #require(cells).update(0) { _ in 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for url in urls {
                let cells = try #require(
                    claim("\(url)/\(round)", until: 1_000 * (round + 1) + 10, at: 1_000 * (round + 1)))
                #expect(cells.load(0) == 1)
                cells.update(1) { $0 + 1 }
            }
            let condition = board.scoreboard.reader.snapshot().conditions[users]
            #expect(Set(condition.servers(at: now).map(\.url)) == Set(urls.map { "\($0)/\(round)" }))
            #expect(condition.servers(at: now).allSatisfy { $0.cells.load(1) == 1 })
        }
    }
}
