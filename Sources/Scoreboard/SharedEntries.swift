import FanOut
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

/// Servers of upstreams in the order in which they were first seen: each keeps its cells over all configurations.
///
/// Only the supervisor adds them, and says which are in use; the count is raised after the entry is there.
struct ServerTable {
    private let memory: SharedWords
    private let layout: Layout

    init(_ memory: SharedWords, _ layout: Layout) {
        self.memory = memory
        self.layout = layout
    }

    private var count: Int { min(Int(clamping: memory.load(layout.serverCount)), ScoreboardLimits.servers) }

    /// The cells of a server of the upstream with that index; nil where it is not known.
    func cells(ofServer url: String, upstream: Int) -> BoardCells? {
        place(of: url, upstream).map(cells)
    }

    /// The servers in use, by the index of their upstream.
    var inUse: [Int: [(url: String, cells: FrozenCells)]] {
        var servers: [Int: [(url: String, cells: FrozenCells)]] = [:]
        for place in 0..<count {
            guard let entry = record(place).read(), entry.isInUse else { continue }
            servers[entry.upstream, default: []].append((entry.url, cells(place).frozen))
        }
        return servers
    }

    /// Enters the servers of a configuration, and takes those for unused that it does not have.
    ///
    /// Where there is no room left a server's workers judge it each for itself.
    func register(_ servers: [(upstream: Int, url: String)]) {
        let wanted = servers.map { ServerEntry(upstream: $0.upstream, url: $0.url, isInUse: true) }
        var missing = Set(wanted)
        for place in 0..<count {
            guard var entry = record(place).read() else { continue }
            let wasInUse = entry.isInUse
            entry.isInUse = true
            entry.isInUse = missing.remove(entry) != nil
            if entry.isInUse != wasInUse { record(place).publish(entry) }
        }
        // In their order; one that is there twice is entered once.
        for entry in wanted where missing.remove(entry) != nil {
            let next = count
            guard next < ScoreboardLimits.servers, entry.url.utf8.count <= ScoreboardLimits.serverURLBytes else {
                continue
            }
            record(next).publish(entry)
            memory.store(UInt64(next + 1), at: layout.serverCount)
        }
    }

    private func place(of url: String, _ upstream: Int) -> Int? {
        (0..<count).first { place in
            record(place).read().map { $0.upstream == upstream && $0.url == url } ?? false
        }
    }

    private func cells(_ place: Int) -> BoardCells { BoardCells(memory, at: layout.serverCells(place)) }

    private func record(_ place: Int) -> PublishedRecord<ServerEntry> {
        PublishedRecord(memory, at: layout.server(place))
    }
}

/// A server of an upstream, by name.
struct ServerEntry: Record, Hashable {
    static let capacity = 2 + RecordWriter.textWords(bytes: ScoreboardLimits.serverURLBytes)

    /// The index of its upstream.
    var upstream: Int
    var url: String
    /// Whether the current configuration has it.
    var isInUse: Bool

    init(upstream: Int, url: String, isInUse: Bool) {
        self.upstream = upstream
        self.url = url
        self.isInUse = isInUse
    }

    init(from reader: inout RecordReader) {
        upstream = Int(clamping: reader.number())
        isInUse = reader.number() == 1
        url = reader.text(limit: ScoreboardLimits.serverURLBytes)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(UInt64(upstream))
        writer.put(isInUse ? 1 : 0)
        writer.put(url, limit: ScoreboardLimits.serverURLBytes)
    }
}
