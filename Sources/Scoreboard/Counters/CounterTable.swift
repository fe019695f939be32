/// What one counter is to all who read it: a row.
package struct CounterRow: Sendable {
    /// Its family in `/metrics`; its end says the unit, as Prometheus has it (`_total`, `_bytes`).
    let metric: String
    /// A gauge goes back to zero with the process that counted it; a counter never does.
    let kind: MetricsWriter.Kind
    /// Its member in `/stats`.
    let member: String
    /// One sentence for `/metrics`.
    let help: String

    init(_ metric: String, _ kind: MetricsWriter.Kind, member: String, _ help: String) {
        self.metric = metric
        self.kind = kind
        self.member = member
        self.help = help
    }
}

/// Counters that stand together in `/stats`: each is one case with its row, and the raw value is its place in the table.
///
/// The layout, the merge, `/stats` and `/metrics` iterate over the cases, so a new counter is a case, its row and the place
/// that counts it.
package protocol CounterTable: RawRepresentable<Int>, CaseIterable, Sendable {
    var row: CounterRow { get }
}

/// Where a table lies in a row's block of counters.
struct CounterWords<Table: CounterTable>: Sendable {
    /// A cache line: the most counters that a table may have.
    static var room: Int { 8 }

    /// The first word.
    let start: Int

    /// The word of a counter.
    subscript(_ counter: Table) -> Int { start + counter.rawValue }

    /// What all of them hold; gauges are read first, so that no more is in hand than has begun.
    func read(_ memory: SharedWords) -> Counts<Table> {
        var counts = Counts<Table>()
        for counter in Table.allCases where counter.row.kind == .gauge { counts[counter] = memory.load(self[counter]) }
        for counter in Table.allCases where counter.row.kind != .gauge { counts[counter] = memory.load(self[counter]) }
        return counts
    }

    /// Sets to zero what a dead process can no longer count down.
    ///
    /// A store would give a page to a table that was never used.
    func clearGauges(_ memory: SharedWords) {
        for counter in Table.allCases where counter.row.kind == .gauge && memory.load(self[counter]) > 0 {
            memory.store(0, at: self[counter])
        }
    }
}

/// What the counters of a table hold, in one process or in several together.
///
/// Merging is associative and commutative.
package struct Counts<Table: CounterTable>: Sendable, Equatable {
    private var values = [UInt64](repeating: 0, count: Table.allCases.count)

    package init() {}

    package subscript(_ counter: Table) -> UInt64 {
        get { values[counter.rawValue] }
        set { values[counter.rawValue] = newValue }
    }

    /// Adds what `other` counted.
    package mutating func merge(_ other: Self) {
        for index in values.indices { values[index] &+= other.values[index] }
    }
}
