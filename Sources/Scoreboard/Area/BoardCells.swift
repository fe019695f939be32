import Policy

/// A few words that all workers of the machine write, each change by compare-and-exchange: what policies know.
package struct BoardCells: SharedCells {
    private let memory: SharedWords
    private let start: Int

    /// Words between two entries: a cache line.
    static let words = 8

    init(_ memory: SharedWords, at start: Int) {
        self.memory = memory
        self.start = start
    }

    package func load(_ cell: Int) -> UInt64 { memory.load(start + cell) }

    package func exchange(_ cell: Int, _ expected: UInt64, _ value: UInt64) -> Bool {
        memory.compareExchange(start + cell, expected: expected, desired: value)
    }

    /// What they hold now.
    var frozen: FrozenCells { FrozenCells(values: (0..<SharedCell.count).map(load)) }
}

/// What the cells of an entry held when they were read.
package struct FrozenCells: SharedCells, Equatable {
    let values: [UInt64]

    package func load(_ cell: Int) -> UInt64 { values[cell] }

    package func exchange(_ cell: Int, _ expected: UInt64, _ value: UInt64) -> Bool { false }
}
