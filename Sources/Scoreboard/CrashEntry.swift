import Base

/// The report of a worker that died otherwise than by plan: a JSON object, as `/stats` shows it.
package struct CrashEntry: Sendable, Equatable {
    package var json: String

    package init(json: String) {
        self.json = json
    }
}

extension CrashEntry: Record {
    static let capacity = RecordWriter.textWords(bytes: ScoreboardLimits.crashBytes)

    init(from reader: inout RecordReader) {
        json = reader.text(limit: ScoreboardLimits.crashBytes)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(json, limit: ScoreboardLimits.crashBytes)
    }
}

/// The reports of the last crashes: the one with number n lies at n modulo their room.
struct CrashTable {
    private let memory: SharedWords
    private let layout: Layout

    init(_ memory: SharedWords, _ layout: Layout) {
        self.memory = memory
        self.layout = layout
    }

    func add(_ entry: CrashEntry) {
        let number = memory.load(layout.crashCount)
        record(Int(number % UInt64(ScoreboardLimits.crashes))).publish(entry)
        memory.store(number &+ 1, at: layout.crashCount)
    }

    /// The oldest first.
    var all: [CrashEntry] {
        let count = memory.load(layout.crashCount)
        let first = count - min(count, UInt64(ScoreboardLimits.crashes))
        return (first..<count).compactMap { record(Int($0 % UInt64(ScoreboardLimits.crashes))).read() }
    }

    private func record(_ index: Int) -> PublishedRecord<CrashEntry> {
        PublishedRecord(memory, at: layout.crash(index))
    }
}

/// Routes that are in quarantine: by the hash of their path, since indices change with the configuration.
struct QuarantineTable {
    private let memory: SharedWords
    private let layout: Layout

    init(_ memory: SharedWords, _ layout: Layout) {
        self.memory = memory
        self.layout = layout
    }

    func set(_ hash: UInt64, until time: MonotonicTime) {
        let count = Int(memory.load(layout.quarantineCount) % UInt64(ScoreboardLimits.quarantines + 1))
        let known = (0..<count).first { memory.load(layout.quarantine($0)) == hash }
        let index = known ?? (count < ScoreboardLimits.quarantines ? count : 0)
        memory.store(time.nanoseconds, at: layout.quarantine(index) + 1)
        memory.store(hash, at: layout.quarantine(index))
        if index == count { memory.store(UInt64(count + 1), at: layout.quarantineCount) }
    }

    func end(of hash: UInt64) -> MonotonicTime? {
        let count = Int(min(memory.load(layout.quarantineCount), UInt64(ScoreboardLimits.quarantines)))
        for index in 0..<count where memory.load(layout.quarantine(index)) == hash {
            return MonotonicTime(nanoseconds: memory.load(layout.quarantine(index) + 1))
        }
        return nil
    }
}

/// A route as the quarantine knows it: the FNV-1a hash of its path (draft-eastlake-fnv).
package enum RouteHash {
    package static func of(_ path: String) -> UInt64 {
        path.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
