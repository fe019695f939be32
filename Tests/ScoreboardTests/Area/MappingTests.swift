import Base
import CLinux
import Glibc
import Policy
import TestSupport
import Testing

@testable import Scoreboard

@Suite("Mapping the scoreboard")
struct MappingTests {
    @Test("What one mapping writes, another of the same descriptor reads, and so does a read-only one")
    func twoMappings() throws {
        let board = try TestBoard(slots: 2)
        let other = try Scoreboard.map(descriptor: board.descriptor)
        let watcher = try ScoreboardReader.map(descriptor: board.readOnlyDescriptor)
        let index = try board.scoreboard.supervisor.registerUpstream(named: "users")
        board.start(1)
        let worker = try other.worker(1)
        #expect(other.reader.upstreamIndex(named: "users") == index)
        worker.requestStarted()
        worker.callStarted(upstream: index)
        for snapshot in [watcher.snapshot(), board.scoreboard.reader.snapshot()] {
            #expect(snapshot.totals.requests[.inFlight] == 1)
            #expect(snapshot.upstreams.first?.traffic.calls[.inFlight] == 1)
        }
    }

    @Test("The read-only descriptor cannot be mapped for writing")
    func readOnly() throws {
        let board = try TestBoard(slots: 1)
        #expect(fcntl(board.readOnlyDescriptor, F_GETFD) == FD_CLOEXEC)
        #expect(fcntl(board.descriptor, F_GETFD) == FD_CLOEXEC)
        let error = #expect(throws: ScoreboardError.self) {
            try Scoreboard.map(descriptor: board.readOnlyDescriptor)
        }
        guard case .system(_, EACCES) = error else {
            Issue.record("it should have failed with EACCES: \(String(describing: error))")
            return
        }
    }

    @Test("Nobody can change the size of the file")
    func sealed() throws {
        let board = try TestBoard(slots: 1)
        #expect(ftruncate(board.descriptor, 0) == -1 && errno == EPERM)
        #expect(ftruncate(board.descriptor, 1 << 30) == -1 && errno == EPERM)
    }

    @Test("An unused scoreboard takes little memory, and reading it does not change that")
    func sparse() throws {
        let board = try TestBoard(slots: ScoreboardLimits.workerSlots)
        try board.scoreboard.supervisor.registerUpstream(named: "users")
        board.start(0)
        _ = board.scoreboard.reader.snapshot()
        _ = board.scoreboard.reader.readyLoad(at: MonotonicTime(nanoseconds: 0))
        #expect((0..<262_144).contains(board.bytesInUse), "\(board.bytesInUse) bytes")
    }

    @Test("A descriptor that is something else is refused by what it is")
    func foreign() throws {
        var pipes: [Int32] = [0, 0]
        #expect(pipe(&pipes) == 0)
        let device = open("/dev/null", O_RDWR)
        let unsealed = CLinux_memory_file("unsealed")
        let empty = try SharedArea.makeFile(byteCount: 0)
        let zeroes = try SharedArea.makeFile(byteCount: 1 << 20)
        defer { for descriptor in pipes + [device, unsealed, empty, zeroes] { close(descriptor) } }
        for (descriptor, words) in [
            (pipes[0], "a pipe"), (device, "a character device"), (unsealed, "not sealed"), (empty, "0 bytes"),
            (zeroes, "does not begin as one"), (-1, "Bad file descriptor"),
        ] {
            let error = #expect(throws: ScoreboardError.self) { try Scoreboard.map(descriptor: descriptor) }
            let text = error?.description ?? ""
            #expect(text.contains("descriptor \(descriptor)") && text.contains(words), "\(text)")
        }
    }

    @Test("An area laid out by another build is refused by the field that differs", arguments: 1...7)
    func otherBuild(field: Int) throws {
        let layout = Layout(slots: 2)
        let descriptor = try SharedArea.makeFile(byteCount: layout.byteCount)
        defer { close(descriptor) }
        let memory = SharedWords(try SharedArea(descriptor: descriptor, byteCount: layout.byteCount, writable: true))
        for (index, entry) in layout.header.enumerated() {
            memory.store(index == field ? 9_999 : entry.value, at: index)
        }
        let error = #expect(throws: ScoreboardError.self) { try ScoreboardReader.map(descriptor: descriptor) }
        let text = error?.description ?? ""
        #expect(text.contains(layout.header[field].field) && text.contains("9999"), "\(text)")
    }

    @Test("A file that is shorter than its header says is refused")
    func shortFile() throws {
        let layout = Layout(slots: 2)
        let descriptor = try SharedArea.makeFile(byteCount: 4_096)
        defer { close(descriptor) }
        let memory = SharedWords(try SharedArea(descriptor: descriptor, byteCount: 4_096, writable: true))
        for (index, entry) in layout.header.enumerated() { memory.store(entry.value, at: index) }
        #expect(
            throws: ScoreboardError.layout(
                field: "the file's size in bytes", found: 4_096, expected: UInt64(layout.byteCount))
        ) {
            try Scoreboard.map(descriptor: descriptor)
        }
    }

    @Test("A number of slots, or a slot, that is not there is an error that says what is possible")
    func slots() throws {
        for count in [-1, 0, ScoreboardLimits.workerSlots + 1] {
            #expect(throws: ScoreboardError.slotCount(count)) { try Scoreboard.create(slots: count) }
        }
        let board = try TestBoard(slots: 2)
        for slot in [-1, 2] {
            #expect(throws: ScoreboardError.noSuchSlot(slot, slots: 2)) { try board.scoreboard.worker(slot) }
            #expect(board.scoreboard.reader.entry(of: .worker(slot)) == nil)
        }
        #expect(ScoreboardError.noSuchSlot(2, slots: 2).description.contains("slots are 0 to 1"))
    }

    @Test("Whatever a worker gone wild writes over the area, neither supervisor nor reader traps", arguments: 0...3)
    func scribbled(seed: UInt64) throws {
        let board = try TestBoard(slots: 1)
        let layout = Layout(slots: 1)
        let area = try SharedArea(descriptor: board.descriptor, byteCount: layout.byteCount, writable: true)
        let memory = SharedWords(area)
        var random = SeededGenerator(seed: seed)
        for word in layout.supervisor..<layout.byteCount / 8 {
            memory.store(seed == 0 ? .max : random.next(), at: word)
        }
        let supervisor = board.scoreboard.supervisor
        let now = MonotonicTime(nanoseconds: random.next())
        for _ in 0..<2 {
            let snapshot = board.scoreboard.reader.snapshot()
            #expect(StatsReport(snapshot, now: now).json.hasSuffix("}"))
            #expect(StatusReport(snapshot, now: now).json.hasSuffix("}"))
            #expect(board.scoreboard.reader.readyLoad(at: MonotonicTime(nanoseconds: 0)).workers <= 1)
            for row in 0..<ScoreboardLimits.rowsPerSlot {
                supervisor.recordExit(
                    of: .worker(0, row: row), reason: "signal SIGSEGV", at: WallTime(milliseconds: 1_772_323_199_042))
            }
            supervisor.recordStart(of: .worker(0), pid: 5, generation: 1, at: now, isRestart: true)
            supervisor.recordStart(of: .admin, pid: 6, generation: 1, at: now, isRestart: true)
            #expect(board.scoreboard.reader.entry(of: .worker(0))?.pid == 5)
        }
        #expect(throws: ScoreboardError.upstreamsFull("users")) {
            try supervisor.registerUpstream(named: "users")
        }
    }

    @Test("No two parts of the layout overlap")
    func layout() {
        let layout = Layout(slots: 3)
        #expect(layout.header.count <= Layout.hashKey && Layout.hashKey + 2 <= layout.supervisor)
        #expect(layout.rateBucket(0) % 512 == 0)
        let rows = (0..<6).map { (slot: $0 / 2, row: $0 % 2) }
        var starts = [layout.header.count, layout.supervisor, layout.admin, layout.upstreamCount]
        starts += (0..<ScoreboardLimits.upstreams).map(layout.upstreamName)
        starts += [layout.quarantineCount] + (0..<ScoreboardLimits.quarantines).map(layout.quarantine)
        starts += (0..<ScoreboardLimits.rateBuckets).map(layout.rateBucket)
        starts += rows.map { layout.processEntry($0.slot, row: $0.row) }
        starts += rows.map { layout.workerBlock($0.slot, row: $0.row) }
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 })
        #expect((0..<3).allSatisfy { layout.workerBlock($0, row: 1) % 512 == 0 })
        #expect(WorkerWords.callsFailed + ScoreboardLimits.failureKinds <= WorkerWords.requestLatency.start)
        #expect(WorkerWords.loopLag.start + SharedHistogram.words <= WorkerWords.upstream(0).start)
        let words = UpstreamWords(start: 0)
        #expect(words.failed + ScoreboardLimits.failureKinds <= words.attempts.start)
        #expect(words.latency.start + SharedHistogram.words <= UpstreamWords.words)
        #expect(Failure.allCases.count <= ScoreboardLimits.failureKinds)
        #expect(Failure.allCases.allSatisfy { Int($0.rawValue) < Failure.allCases.count })
    }
}
