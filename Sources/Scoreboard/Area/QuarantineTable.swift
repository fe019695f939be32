import Base

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
