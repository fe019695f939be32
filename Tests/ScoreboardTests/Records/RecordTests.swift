import Base
import Foundation
import Testing

@testable import Scoreboard

@Suite("Records published whole")
struct RecordTests {
    @Test("Each entry reads back as it was published, at its largest as well")
    func roundTrip() throws {
        let board = try TestBoard(slots: 1)
        var full = SupervisorEntry()
        full.state = .degraded
        full.pid = .max
        full.version = String(repeating: "v", count: ScoreboardLimits.versionBytes)
        full.startedAt = MonotonicTime(nanoseconds: .max)
        full.generation = .max
        full.workersWanted = 64
        full.restartsTotal = 7
        full.configuration = ConfigurationEntry(
            path: "/" + String(repeating: "p", count: ScoreboardLimits.pathBytes - 1),
            sha256: String(repeating: "a", count: 64), loadedAt: WallTime(milliseconds: -1))
        for entry in [SupervisorEntry(), full] {
            board.scoreboard.supervisor.update { $0 = entry }
            #expect(board.scoreboard.reader.supervisor == entry)
        }
        let exit = LastExit(
            reason: String(repeating: "r", count: ScoreboardLimits.reasonBytes), at: WallTime(milliseconds: 5),
            inFlight: 3)
        for state in ProcessState.allCases {
            for slot in [ProcessSlot.worker(0), .admin] {
                let entry = ProcessEntry(
                    state: state, pid: 9, generation: 2, startedAt: .seconds(4), restarts: 1, lastExit: exit)
                board.scoreboard.supervisor.update(slot) { $0 = entry }
                #expect(board.scoreboard.reader.entry(of: slot) == entry)
            }
        }
    }

    @Test("Every state of the daemon reads back as itself", arguments: DaemonState.allCases)
    func daemonStates(state: DaemonState) throws {
        let board = try TestBoard(slots: 1)
        board.scoreboard.supervisor.update { $0.state = state }
        #expect(board.scoreboard.reader.supervisor.state == state)
    }

    @Test("A text that is too long is cut after a whole character", arguments: 1...9)
    func cutText(limit: Int) {
        for text in ["abcdefghijkl", "äöüäöüäöü", "€€€€€", "🚪🚪🚪", "a€🚪äb", ""] {
            var writer = RecordWriter()
            writer.put(text, limit: limit)
            writer.put(UInt64(42))
            var reader = RecordReader(writer.words)
            let read = reader.text(limit: limit)
            let length = read.utf8.count
            #expect(text.hasPrefix(read) && length <= limit && length + 4 > min(limit, text.utf8.count))
            #expect(reader.number() == 42)
        }
    }

    @Test("A writer that was killed half-way leaves the last published value, and the next one can publish")
    func killedWriter() throws {
        let layout = Layout(slots: 1)
        let descriptor = try SharedArea.makeFile(byteCount: layout.byteCount)
        defer { SharedArea.closeFile(descriptor) }
        let memory = SharedWords(try SharedArea(descriptor: descriptor, byteCount: layout.byteCount, writable: true))
        let record = PublishedRecord<TableName>(memory, at: 0)
        #expect(record.read() == nil)
        for round in 1...4 {
            record.publish(TableName(text: "value \(round)"))
            let nextCopy = 1 + (round % 2 == 0 ? TableName.capacity : 0)
            for word in 0..<TableName.capacity / 2 { memory.store(.max, at: nextCopy + word) }
            #expect(record.read()?.text == "value \(round)")
        }
    }

    @Test("A reader never sees parts of two values while a writer publishes as fast as it can")
    func neverTorn() async throws {
        let board = try TestBoard(slots: 1)
        let rounds = 20_000
        let supervisor = board.scoreboard.supervisor
        let writer = Thread {
            for round in 1...rounds {
                supervisor.update(.worker(0)) { entry in
                    entry.restarts = round
                    entry.generation = round
                    let letter = String(UnicodeScalar(UInt8(97 + round % 26)))
                    entry.lastExit = LastExit(
                        reason: String(repeating: letter, count: 1 + round % 64),
                        at: WallTime(milliseconds: Int64(round)), inFlight: round)
                }
            }
        }
        let reader = try ScoreboardReader.map(descriptor: board.readOnlyDescriptor)
        writer.start()
        var last = 0
        for _ in 0..<50_000_000 where last < rounds {
            guard let entry = reader.entry(of: .worker(0)), let exit = entry.lastExit else { continue }
            let round = entry.restarts
            let letter = Character(UnicodeScalar(UInt8(97 + round % 26)))
            let isWhole =
                entry.generation == round && exit.inFlight == round && exit.at.milliseconds == Int64(round)
                && exit.reason.utf8.count == 1 + round % 64 && exit.reason.allSatisfy { $0 == letter }
            guard isWhole, round >= last else {
                Issue.record("round \(last) was followed by a mix: \(entry)")
                break
            }
            last = round
        }
        #expect(last == rounds)
    }
}
