import Testing

@testable import Scoreboard

/// What a worker notes down of its requests, and what is kept of its crash.
@Suite("Requests in flight, crashes and quarantine")
struct InFlightTests {
    @Test("What begins is read by the supervisor until it ends, with id and open calls")
    func noted() throws {
        let board = try TestBoard(slots: 2)
        let records = try board.scoreboard.inFlight(1, row: 1)
        var random = SystemRandomNumberGenerator()
        var open: [Int: InFlightRequest] = [:]
        for round in 0..<2_000 {
            if Bool.random(using: &random), let place = open.keys.randomElement(using: &random) {
                records.end(place)
                open[place] = nil
            } else {
                let id = String(repeating: "x", count: Int.random(in: 0...40, using: &random)) + "\(round % 10)"
                let mask = UInt64.random(in: 0 ... .max, using: &random)
                guard let place = records.begin(route: round % 7, requestID: id, at: .seconds(UInt64(round))) else {
                    #expect(open.count == InFlightRecords.capacity)
                    continue
                }
                records.note(openCalls: mask, at: place)
                open[place] = InFlightRequest(
                    route: round % 7, startedAt: .seconds(UInt64(round)), requestID: String(id.prefix(32)),
                    openCalls: mask)
            }
        }
        let read = board.scoreboard.supervisor.inFlight(ofWorker: 1, row: 1)
        #expect(read == open.sorted { $0.key < $1.key }.map(\.value))
        #expect(board.scoreboard.supervisor.inFlight(ofWorker: 1, row: 0).isEmpty)
        board.scoreboard.supervisor.resetGauges(of: .worker(1, row: 1))
        #expect(board.scoreboard.supervisor.inFlight(ofWorker: 1, row: 1).isEmpty)
    }

    @Test("The last crashes are kept, the oldest first")
    func crashes() throws {
        let board = try TestBoard(slots: 1)
        #expect(board.scoreboard.reader.crashes.isEmpty)
        for number in 0..<(ScoreboardLimits.crashes + 5) {
            board.scoreboard.supervisor.add(CrashEntry(json: "{\"n\":\(number)}"))
        }
        let kept = board.scoreboard.reader.crashes.map(\.json)
        #expect(kept == (5..<(ScoreboardLimits.crashes + 5)).map { "{\"n\":\($0)}" })
    }

    @Test("A quarantine is found by its route, goes on when it is set again, and is bounded in number")
    func quarantine() throws {
        let board = try TestBoard(slots: 1)
        let reader = board.scoreboard.reader
        #expect(reader.quarantineEnd(of: RouteHash.of("/a")) == nil)
        for round in 1...3 {
            board.scoreboard.supervisor.quarantine(RouteHash.of("/a"), until: .seconds(UInt64(round)))
            #expect(reader.quarantineEnd(of: RouteHash.of("/a")) == .seconds(UInt64(round)))
        }
        for number in 0..<100 {
            board.scoreboard.supervisor.quarantine(RouteHash.of("/\(number)"), until: .seconds(9))
            #expect(reader.quarantineEnd(of: RouteHash.of("/\(number)")) == .seconds(9))
        }
    }
}
