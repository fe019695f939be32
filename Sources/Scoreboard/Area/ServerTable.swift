import Base
import Policy

/// Servers of upstreams, each with cells that all workers share and that it keeps over all configurations.
///
/// The supervisor enters those of a configuration, for as long as it has them. Those that records name are entered by the
/// workers that find them, until a time that each worker raises again; all of them are judged and probed once for the machine.
///
/// A place is found by its key, and the lowest that has it counts. Two workers that enter a server at the same moment may
/// give it two places: they come together when they claim it the next time.
struct ServerTable {
    private let memory: SharedWords
    private let layout: Layout

    /// Words of a place after its cells.
    private enum Word {
        /// Until when it is in use, in nanoseconds.
        static let until = 6
        /// What its upstream and URL hash to; 0 before its first use, and 1 while a server is being entered.
        static let key = 7
    }

    private static let entering: UInt64 = 1
    /// How long what is known of a server is kept when it is in use no more.
    ///
    /// Longer than a worker that drains goes on to write it.
    private static let memoryOfUnused = Duration.seconds(600)
    /// Claims begun anew because another process was at the same place; each of these times it came further.
    private static let attempts = 100

    init(_ memory: SharedWords, _ layout: Layout) {
        self.memory = memory
        self.layout = layout
    }

    /// The cells of a server of the upstream with that index; nil where it is not known.
    func cells(ofServer url: String, upstream: Int) -> BoardCells? {
        let key = key(of: url, upstream)
        return places.first { word($0, Word.key) == key }.map(cells)
    }

    /// Takes a server for one in use until a time, and enters it where it is not known.
    ///
    /// Nil where there is no room, so that each worker judges it for itself.
    func claim(_ url: String, upstream: Int, until: UInt64, at now: MonotonicTime) -> BoardCells? {
        guard url.utf8.count <= ScoreboardLimits.serverURLBytes else { return nil }
        let key = key(of: url, upstream)
        for _ in 0..<Self.attempts {
            if let place = places.first(where: { word($0, Word.key) == key && !isFree($0, at: now) }) {
                cells(place).update(Word.until) { max($0, until) }
                // Unless it was given away in between.
                if word(place, Word.key) == key { return cells(place) }
            } else {
                guard let free = places.first(where: { isFree($0, at: now) }) ?? unused else { return nil }
                enter(ServerEntry(upstream: upstream, url: url), key, at: free, until: until, at: now)
            }
        }
        return nil
    }

    /// The servers that were ever in use, by the index of their upstream.
    var all: [Int: [KnownServer]] {
        var servers: [Int: [KnownServer]] = [:]
        for place in places {
            let end = MonotonicTime(nanoseconds: word(place, Word.until))
            guard let entry = record(place).read() else { continue }
            servers[entry.upstream, default: []].append(
                KnownServer(url: entry.url, cells: cells(place).frozen, inUseUntil: end))
        }
        return servers
    }

    /// Enters the servers of a configuration; those that it does not have are in use no more.
    func register(_ servers: [(upstream: Int, url: String)], at now: MonotonicTime) {
        let wanted = Set(servers.map { key(of: $0.url, $0.upstream) })
        for place in places where word(place, Word.until) == .max && !wanted.contains(word(place, Word.key)) {
            memory.store(now.nanoseconds, at: layout.serverCells(place) + Word.until)
        }
        for server in servers { _ = claim(server.url, upstream: server.upstream, until: .max, at: now) }
    }

    /// Writes a server to a free place, unless another process is about to use that.
    private func enter(_ entry: ServerEntry, _ key: UInt64, at place: Int, until: UInt64, at now: MonotonicTime) {
        let cells = cells(place)
        let old = cells.load(Word.key)
        guard old != Self.entering, cells.exchange(Word.key, old, Self.entering) else { return }
        // Somebody who still knew the server there may have claimed it.
        guard old == 0 || isForgotten(place, at: now) else { return memory.store(old, at: keyWord(place)) }
        for cell in 0..<SharedCell.count { memory.store(0, at: layout.serverCells(place) + cell) }
        record(place).publish(entry)
        memory.store(until, at: layout.serverCells(place) + Word.until)
        memory.store(key, at: keyWord(place))
    }

    /// The places that were ever used.
    private var places: some Sequence<Int> {
        (0..<ScoreboardLimits.servers).lazy.prefix { [self] in word($0, Word.key) != 0 }
    }

    /// The first place that never was.
    private var unused: Int? { (0..<ScoreboardLimits.servers).first { word($0, Word.key) == 0 } }

    private func isFree(_ place: Int, at now: MonotonicTime) -> Bool {
        word(place, Word.key) != Self.entering && isForgotten(place, at: now)
    }

    private func isForgotten(_ place: Int, at now: MonotonicTime) -> Bool {
        MonotonicTime(nanoseconds: word(place, Word.until)) + Self.memoryOfUnused < now
    }

    private func key(of url: String, _ upstream: Int) -> UInt64 {
        var hash = SipHash(key: RateBuckets(memory, layout).hashKey)
        hash.combine("\(upstream) \(url)")
        return max(Self.entering + 1, hash.value())
    }

    private func word(_ place: Int, _ word: Int) -> UInt64 { memory.load(layout.serverCells(place) + word) }

    private func keyWord(_ place: Int) -> Int { layout.serverCells(place) + Word.key }

    private func cells(_ place: Int) -> BoardCells { BoardCells(memory, at: layout.serverCells(place)) }

    private func record(_ place: Int) -> PublishedRecord<ServerEntry> {
        PublishedRecord(memory, at: layout.server(place))
    }
}
