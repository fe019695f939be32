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
