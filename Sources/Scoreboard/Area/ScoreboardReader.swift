package import Base
import JSON
import Policy

/// The scoreboard for those who only look: the admin process maps it read-only, and so cannot spoil it.
package struct ScoreboardReader: Sendable {
    private let memory: SharedWords
    private let area: SharedArea
    private let layout: Layout

    init(area: SharedArea, layout: Layout) {
        self.area = area
        self.layout = layout
        self.memory = SharedWords(area)
    }

    /// How much of a snapshot to read.
    package enum Depth: Sendable {
        /// Everything.
        case full
        /// States and counters; no histograms and no upstreams, which are most of the memory to read.
        case counters
    }

    /// Maps the scoreboard that another process created, for reading only.
    ///
    /// The descriptor stays the caller's.
    ///
    /// Throws `foreign` or `layout` when the descriptor is not a scoreboard of this build.
    package static func map(descriptor: Int32) throws(ScoreboardError) -> ScoreboardReader {
        let layout = try Layout.check(descriptor: descriptor)
        let area = try SharedArea(descriptor: descriptor, byteCount: layout.byteCount, writable: false)
        return ScoreboardReader(area: area, layout: layout)
    }

    /// What the supervisor says of itself; the entry's defaults before it said anything.
    package var supervisor: SupervisorEntry {
        PublishedRecord<SupervisorEntry>(memory, at: layout.supervisor).read() ?? SupervisorEntry()
    }

    /// What is known of a process, nil when its row does not exist or was never used.
    package func entry(of slot: ProcessSlot) -> ProcessEntry? {
        switch slot {
        case .admin: PublishedRecord<ProcessEntry>(memory, at: layout.admin).read()
        case .worker(let slot, let row)
        where (0..<layout.slots).contains(slot) && (0..<ScoreboardLimits.rowsPerSlot).contains(row):
            entryRecord(slot, row).read()
        case .worker: nil
        }
    }

    /// When the quarantine of a route ends, by the hash of its path; nil when it never was in one.
    package func quarantineEnd(of route: UInt64) -> MonotonicTime? { QuarantineTable(memory, layout).end(of: route) }

    /// The reports of the last crashes, the oldest first.
    package var crashes: [CrashEntry] { CrashTable(memory, layout).all }

    /// The record of a slow or failed request, as JSON; nil where no worker has it any more.
    package func record(ofRequest id: String) -> String? {
        var quoted: [UInt8] = []
        JSONText.append(string: id, to: &quoted)
        let start = "{\"request_id\":" + String(decoding: quoted, as: UTF8.self) + ","
        for slot in 0..<layout.slots {
            for row in 0..<ScoreboardLimits.rowsPerSlot where entryRecord(slot, row).firstWord() != nil {
                let found = RequestRing(block(slot, row).from(WorkerWords.requestRing)).all.first {
                    $0.hasPrefix(start)
                }
                if let found { return found }
            }
        }
        return nil
    }

    /// What the workers have in flight that began that long ago or longer, with the slot and the generation of each.
    package func inFlight(
        for age: Duration, at now: MonotonicTime
    ) -> [(slot: Int, generation: Int, request: InFlightRequest)] {
        (0..<layout.slots).flatMap { slot in
            (0..<ScoreboardLimits.rowsPerSlot).flatMap { row in
                guard let process = entryRecord(slot, row).read(), process.isAlive else {
                    return [(slot: Int, generation: Int, request: InFlightRequest)]()
                }
                return InFlightRecords.read(block(slot, row).from(WorkerWords.inFlight)).filter {
                    now.since($0.startedAt) >= age
                }
                .map { (slot, process.generation, $0) }
            }
        }
    }

    /// The names of all upstreams, by index.
    package var upstreamNames: [String] { NameTable.upstreams(memory, layout).names }

    /// The index under which an upstream is counted, nil when the supervisor did not register it.
    package func upstreamIndex(named name: String) -> Int? { NameTable.upstreams(memory, layout).index(of: name) }

    /// The indices under which routes' requests are counted, by their paths: that of all others where one has none.
    package func routeIndices(ofPaths paths: [String]) -> [Int] {
        let known = Dictionary(
            NameTable.routes(memory, layout).names.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first })
        return paths.map { known[$0] ?? ScoreboardLimits.routes }
    }

    /// The processes of workers that serve and whose event loop turns, and the connections that they hold together.
    ///
    /// Allocates nothing: it can be asked for at every accept, to leave the next connection to the others.
    package func readyLoad(at now: MonotonicTime) -> (workers: Int, connections: Int) {
        var load = (workers: 0, connections: 0)
        for slot in 0..<layout.slots {
            for row in 0..<ScoreboardLimits.rowsPerSlot {
                guard let word = entryRecord(slot, row).firstWord(), ProcessEntry.isReady(firstWord: word) else {
                    continue
                }
                let gauges = WorkerGauges(block(slot, row))
                // One that hangs takes nothing, so nothing may be left to it.
                if let heartbeat = gauges.heartbeat, now.since(heartbeat) > ScoreboardLimits.turning { continue }
                load.workers += 1
                load.connections &+= gauges.activeConnections
            }
        }
        return load
    }

    /// Reads the scoreboard.
    package func snapshot(_ depth: Depth = .full) -> ScoreboardSnapshot {
        let names = upstreamNames
        let routes = depth == .full ? NameTable.routes(memory, layout).names : []
        let workers = (0..<layout.slots).compactMap { slot -> WorkerSnapshot? in
            (0..<ScoreboardLimits.rowsPerSlot).compactMap { row in
                // The counters of a row that was never used are not touched: reading would give them memory.
                guard let process = entryRecord(slot, row).read() else { return nil }
                return worker(slot, row, process, upstreamCount: names.count, routeCount: routes.count, depth)
            }.reduce(nil) { $0?.merged(with: $1) ?? $1 }
        }
        return ScoreboardSnapshot(
            supervisor: supervisor, admin: entry(of: .admin), workers: workers, upstreamNames: names,
            routeNames: routes,
            crashes: depth == .full ? crashes : [],
            conditions: depth == .full ? conditions(names.count) : [],
            adaptiveLimit: AdaptiveLimit.current(BoardCells(memory, at: layout.adaptiveCells)))
    }

    private func conditions(_ upstreams: Int) -> [UpstreamCondition] {
        let servers = ServerTable(memory, layout).all
        return (0..<upstreams).map { index in
            UpstreamCondition(
                circuit: BoardCells(memory, at: layout.circuitCells(index)).frozen, servers: servers[index] ?? [])
        }
    }

    private func worker(
        _ slot: Int, _ row: Int, _ process: ProcessEntry, upstreamCount: Int, routeCount: Int, _ depth: Depth
    ) -> WorkerSnapshot {
        let words = block(slot, row)
        return WorkerSnapshot(
            id: slot, process: process, isReady: process.state == .ready,
            traffic: Traffic(words, timed: depth == .full),
            loopLag: depth == .full ? WorkerWords.loopLag.snapshot(in: words) : .empty,
            heartbeat: WorkerGauges(words).heartbeat,
            upstreams: depth == .full
                ? (0..<upstreamCount).map { UpstreamTraffic(words, at: WorkerWords.upstream($0)) } : [],
            routes: depth == .full ? (0..<routeCount).map { WorkerWords.route($0).traffic(in: words) } : [],
            otherRoutes: depth == .full ? WorkerWords.route(ScoreboardLimits.routes).traffic(in: words) : RouteTraffic()
        )
    }

    private func entryRecord(_ slot: Int, _ row: Int) -> PublishedRecord<ProcessEntry> {
        PublishedRecord(memory, at: layout.processEntry(slot, row: row))
    }

    private func block(_ slot: Int, _ row: Int) -> SharedWords {
        SharedWords(area, byteOffset: layout.workerBlock(slot, row: row) * 8)
    }
}
