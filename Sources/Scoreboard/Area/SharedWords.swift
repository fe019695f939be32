import Atomics

/// A run of 64-bit words in shared memory, each read and written atomically.
///
/// Every word has one writer, so a counter is a load and a store, never a locked instruction; where several write, as in
/// `RateBuckets`, each change is a `compareExchange`, which no other change can come between. Stores release and loads
/// acquire: on x86-64 these are plain moves, and a reader that goes through words in the opposite order of the writer
/// never sees an effect before its cause.
struct SharedWords: @unchecked Sendable {
    // Sendable: both members are constant, the words are only ever reached through atomics, and `area` keeps them mapped.
    private let first: UnsafeMutablePointer<UnsafeAtomic<UInt64>.Storage>
    private let area: SharedArea

    /// The words of `area` from byte offset `byteOffset`, which must be a multiple of 8.
    init(_ area: SharedArea, byteOffset: Int = 0) {
        self.area = area
        self.first = (area.base + byteOffset).assumingMemoryBound(to: UnsafeAtomic<UInt64>.Storage.self)
    }

    /// The words from `start` on.
    func from(_ start: Int) -> SharedWords { SharedWords(area, first: first + start) }

    private init(_ area: SharedArea, first: UnsafeMutablePointer<UnsafeAtomic<UInt64>.Storage>) {
        self.area = area
        self.first = first
    }

    /// The value of a word.
    func load(_ index: Int) -> UInt64 {
        UnsafeAtomic(at: first + index).load(ordering: .acquiring)
    }

    /// Sets a word.
    func store(_ value: UInt64, at index: Int) {
        UnsafeAtomic(at: first + index).store(value, ordering: .releasing)
    }

    /// Sets a word to `desired` if it is `expected`, in one step that no other process can come between; whether it was.
    ///
    /// Orders all that is before it before all that is after.
    func compareExchange(_ index: Int, expected: UInt64, desired: UInt64) -> Bool {
        UnsafeAtomic(at: first + index)
            .compareExchange(expected: expected, desired: desired, ordering: .acquiringAndReleasing).exchanged
    }

    /// Counts up.
    ///
    /// Only the word's one writer may call this.
    func add(_ amount: UInt64, to index: Int) {
        let word = UnsafeAtomic<UInt64>(at: first + index)
        word.store(word.load(ordering: .relaxed) &+ amount, ordering: .releasing)
    }

    /// Counts a gauge down by one, and leaves it at zero when it is there already.
    func decrement(_ index: Int) {
        let word = UnsafeAtomic<UInt64>(at: first + index)
        let value = word.load(ordering: .relaxed)
        word.store(value == 0 ? 0 : value - 1, ordering: .releasing)
    }

    /// Sets a word to `value` when that is larger.
    func raise(_ index: Int, to value: UInt64) {
        let word = UnsafeAtomic<UInt64>(at: first + index)
        if value > word.load(ordering: .relaxed) { word.store(value, ordering: .releasing) }
    }
}
