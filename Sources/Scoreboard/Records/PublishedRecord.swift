import Atomics
import Glibc

/// A record in shared memory that one process publishes and all others read whole: the old value or the new, never a mix.
///
/// There are two copies and a version; the version's lowest bit says which copy counts. The writer fills the other copy
/// and then raises the version, so it never waits, and when it is killed half-way the last published value stands. A
/// reader takes the copy and then looks at the version again: unchanged means that the writer was not in that copy.
struct PublishedRecord<Value: Record>: Sendable {
    /// The words that the record takes in memory: a version, two copies, and room up to a cache line.
    static var wordCount: Int { (1 + 2 * Value.capacity + 7) / 8 * 8 }

    private let memory: SharedWords
    private let start: Int

    /// The record whose first word is at `start`.
    ///
    /// Zeroed memory is a record that was never published.
    init(_ memory: SharedWords, at start: Int) {
        self.memory = memory
        self.start = start
    }

    /// The value, or nil when none was published yet.
    ///
    /// Nil also when the writer published again during each of `ScoreboardLimits.readAttempts` reads, which no writer
    /// of ours does.
    func read() -> Value? {
        for attempt in 0..<ScoreboardLimits.readAttempts {
            if attempt > 100 { sched_yield() }
            let version = memory.load(start)
            guard version > 0 else { return nil }
            let words = (0..<Value.capacity).map { memory.load(copy(of: version) + $0) }
            guard isStill(version) else { continue }
            var reader = RecordReader(words)
            return Value(from: &reader)
        }
        return nil
    }

    /// The record's first word, without allocating: for what is looked at often.
    ///
    /// Nil as for `read`.
    func firstWord() -> UInt64? {
        for _ in 0..<ScoreboardLimits.readAttempts {
            let version = memory.load(start)
            guard version > 0 else { return nil }
            let word = memory.load(copy(of: version))
            if isStill(version) { return word }
        }
        return nil
    }

    /// Publishes a value.
    ///
    /// Only the one writer may call this.
    func publish(_ value: Value) {
        var writer = RecordWriter()
        value.encode(into: &writer)
        precondition(writer.words.count <= Value.capacity, "a record's capacity covers its largest value")
        let next = max(1, memory.load(start) &+ 1)
        // Orders the version published last before the stores below: a reader that meets one of them in the copy it
        // reads, which is the copy of the version before last, then also sees that the version has moved on.
        atomicMemoryFence(ordering: .releasing)
        for (index, word) in writer.words.enumerated() { memory.store(word, at: copy(of: next) + index) }
        memory.store(next, at: start)
    }

    private func copy(of version: UInt64) -> Int {
        start + 1 + (version & 1 == 0 ? 0 : Value.capacity)
    }

    private func isStill(_ version: UInt64) -> Bool {
        atomicMemoryFence(ordering: .acquiring)
        return memory.load(start) == version
    }
}
