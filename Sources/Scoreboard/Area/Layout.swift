/// Where everything lies in the shared area, in 64-bit words from its start: a value computed from the number of slots.
///
///     header │ supervisor │ admin │ names of upstreams │ of routes │ crashes │ quarantine │
///     circuits of upstreams │ servers │ rate limits │ two rows per slot: entries │ two rows per slot: counters, requests in flight
///
/// A slot has two rows so that its next process can run while the last one drains, and each word still has one writer.
/// Large are the rate limits with 1 MiB and the last part with about 1 MiB a row, and sparse: pages appear when they are
/// first touched.
struct Layout: Equatable {
    /// Changes with the place or the meaning of anything in the area.
    static let version: UInt64 = 9

    /// "gatewayd" in ASCII: what the area begins with.
    static let magic: UInt64 = 0x6761_7465_7761_7964

    /// The worker slots that the area has room for.
    let slots: Int

    private static let headerWords = 64
    private static let pageWords = 512

    /// The supervisor's entry.
    var supervisor: Int { Self.headerWords }

    /// The entry of the admin process.
    var admin: Int { supervisor + PublishedRecord<SupervisorEntry>.wordCount }

    /// The number of upstream names; it is raised after the name was published.
    var upstreamCount: Int { admin + PublishedRecord<ProcessEntry>.wordCount }

    /// The name of the upstream with this index.
    func upstreamName(_ index: Int) -> Int {
        upstreamCount + 8 + index * PublishedRecord<TableName>.wordCount
    }

    /// The number of paths of routes; it is raised after the path was published.
    var routeCount: Int { upstreamName(ScoreboardLimits.upstreams) }

    /// The path of the route with this index.
    func routeName(_ index: Int) -> Int { routeCount + 8 + index * PublishedRecord<TableName>.wordCount }

    /// The number of crashes; it is raised after the report was published.
    var crashCount: Int { routeName(ScoreboardLimits.routes) }

    /// The report at this place of the ring.
    func crash(_ index: Int) -> Int { crashCount + 8 + index * PublishedRecord<CrashEntry>.wordCount }

    /// How many places of the quarantine were ever used.
    var quarantineCount: Int { crash(ScoreboardLimits.crashes) }

    /// A route's hash, and the word after it: when its quarantine ends, in nanoseconds.
    func quarantine(_ index: Int) -> Int { quarantineCount + 8 + index * 2 }

    /// What is known of the circuit of the upstream with this index.
    func circuitCells(_ upstream: Int) -> Int {
        (quarantine(ScoreboardLimits.quarantines) + 7) / 8 * 8 + upstream * BoardCells.words
    }

    /// The limit of requests in flight.
    var adaptiveCells: Int { circuitCells(ScoreboardLimits.upstreams) }

    /// What is known of the health of the server at this place, and the two words that say which that is.
    func serverCells(_ place: Int) -> Int { adaptiveCells + (place + 1) * BoardCells.words }

    /// That server by name.
    func server(_ place: Int) -> Int {
        serverCells(ScoreboardLimits.servers) + place * PublishedRecord<ServerEntry>.wordCount
    }

    /// A bucket of a rate limit: its key, and the word after it: when it is full again.
    ///
    /// Four buckets to a cache line.
    func rateBucket(_ index: Int) -> Int {
        Self.pageStart(from: server(ScoreboardLimits.servers)) + index * 2
    }

    /// The entry of the process in a row of a slot.
    func processEntry(_ slot: Int, row: Int) -> Int {
        rateBucket(ScoreboardLimits.rateBuckets) + place(slot, row) * PublishedRecord<ProcessEntry>.wordCount
    }

    /// The counters of a row of a slot; on a page boundary, so that no two processes write to one page.
    func workerBlock(_ slot: Int, row: Int) -> Int {
        Self.pageStart(from: processEntry(slots, row: 0)) + place(slot, row) * WorkerWords.count
    }

    private static func pageStart(from word: Int) -> Int { (word + pageWords - 1) / pageWords * pageWords }

    private func place(_ slot: Int, _ row: Int) -> Int { slot * ScoreboardLimits.rowsPerSlot + row }

    /// The size of the whole area.
    var byteCount: Int { workerBlock(slots, row: 0) * 8 }

    /// What the header holds, by name: a program that reads other values was built for another layout.
    var header: [(field: String, value: UInt64)] {
        [
            ("the magic number", Self.magic), ("the layout's version", Self.version),
            ("the number of slots", UInt64(slots)), ("the size in bytes", UInt64(byteCount)),
            ("the room for upstreams", UInt64(ScoreboardLimits.upstreams)),
            ("the room for routes", UInt64(ScoreboardLimits.routes)),
            ("the number of histogram buckets", UInt64(HistogramBuckets.count)),
            ("the room for kinds of failure", UInt64(ScoreboardLimits.failureKinds)),
            ("the room for servers", UInt64(ScoreboardLimits.servers)),
            ("the room for rate limits", UInt64(ScoreboardLimits.rateBuckets)),
        ]
    }

    /// The header word that holds the number of slots.
    static let slotsField = 2

    /// Two words of the header at random, once for all processes: the key of the hashes that `RateBuckets` is asked for.
    static let hashKey = 32
}
