import Base
import Glibc

@testable import Scoreboard

/// A scoreboard of its own for one test, whose descriptors are closed at its end.
final class TestBoard {
    let scoreboard: Scoreboard
    let descriptor: Int32
    let readOnlyDescriptor: Int32

    init(slots: Int) throws(ScoreboardError) {
        let created = try Scoreboard.create(slots: slots)
        scoreboard = created.scoreboard
        descriptor = created.descriptor
        readOnlyDescriptor = created.readOnlyDescriptor
    }

    deinit {
        close(descriptor)
        close(readOnlyDescriptor)
    }

    /// Enters a process as the supervisor does when it has spawned one.
    func start(_ slot: Int, pid: Int32 = 100, at second: UInt64 = 1, isRestart: Bool = false) {
        scoreboard.supervisor.recordStart(
            of: .worker(slot), pid: pid, generation: 1, at: .seconds(second), isRestart: isRestart)
    }

    /// The snapshot of one slot.
    func worker(_ slot: Int) -> WorkerSnapshot? {
        scoreboard.reader.snapshot().workers.first { $0.id == slot }
    }

    /// The memory that the file holds by now, in bytes.
    var bytesInUse: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_blocks) * 512 : -1
    }
}

extension MonotonicTime {
    /// A point so many seconds after boot.
    static func seconds(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }
}
