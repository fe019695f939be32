package import Base
import Policy

/// Which process of the daemon is meant, beside the supervisor itself.
package enum ProcessSlot: Sendable, Hashable {
    /// The process in this row of the worker slot with this stable number.
    case worker(Int, row: Int = 0)
    /// The process that serves the admin endpoints.
    case admin
}

/// What the supervisor writes: its own state, the state of every process, and the names of the upstreams.
///
/// One process, the supervisor, and one of its threads may use this. A slot that does not exist traps: slots are numbers
/// that the supervisor gives out itself, below `ScoreboardLimits.workerSlots`. What is in the memory never traps, since a
/// worker gone wild can write anything there.
package struct SupervisorSection: Sendable {
    private let area: SharedArea
    private let layout: Layout
    private var memory: SharedWords { SharedWords(area) }

    init(area: SharedArea, layout: Layout) {
        self.area = area
        self.layout = layout
    }

    /// Changes what the supervisor says of itself; readers see all changes of one call at once.
    package func update(_ change: (inout SupervisorEntry) -> Void) {
        let record = PublishedRecord<SupervisorEntry>(memory, at: layout.supervisor)
        var entry = record.read() ?? SupervisorEntry()
        change(&entry)
        record.publish(entry)
    }

    /// Changes what is known of a process; readers see all changes of one call at once.
    package func update(_ slot: ProcessSlot, _ change: (inout ProcessEntry) -> Void) {
        let record = record(of: slot)
        var entry = record.read() ?? ProcessEntry()
        change(&entry)
        record.publish(entry)
    }

    /// What is known of the process in a slot, nil when there never was one.
    package func entry(of slot: ProcessSlot) -> ProcessEntry? { record(of: slot).read() }

    /// A process was spawned in a row of a slot: it is `starting`.
    ///
    /// With `isRestart` the row's restarts count up, and for a worker the supervisor's total.
    package func recordStart(
        of slot: ProcessSlot, pid: Int32, generation: Int, at time: MonotonicTime, isRestart: Bool
    ) {
        update(slot) { entry in
            entry.state = .starting
            entry.pid = pid
            entry.generation = generation
            entry.startedAt = time
            entry.restarts &+= isRestart ? 1 : 0
        }
        if isRestart, case .worker = slot {
            update { $0.restartsTotal &+= 1 }
        }
    }

    /// The process in a row has ended and was reaped: it is `dead` (or `held`), its pid 0, and `last_exit` says why and
    /// how many requests it left unanswered.
    package func recordExit(of slot: ProcessSlot, reason: String, at time: WallTime, held: Bool = false) {
        let inFlight =
            if case .worker(let index, let row) = slot { gauges(ofWorker: index, row: row).requestsInFlight } else { 0 }
        update(slot) { entry in
            entry.state = held ? .held : .dead
            entry.pid = 0
            entry.lastExit = LastExit(reason: reason, at: time, inFlight: inFlight)
        }
        resetGauges(of: slot)
    }

    /// Sets to zero what a dead process can no longer count down: open connections, and what was in flight.
    ///
    /// Counters stay.
    ///
    /// For the supervisor while no process holds the row, since these words have another writer then; `recordExit`
    /// does it. The admin process has no gauges.
    package func resetGauges(of slot: ProcessSlot) {
        guard case .worker(let index, let row) = slot else { return }
        let words = block(ofWorker: index, row: row)
        WorkerWords.clearGauges(words)
        words.store(0, at: WorkerWords.heartbeat)
        InFlightRecords.clear(words.from(WorkerWords.inFlight))
        for upstream in 0..<NameTable.upstreams(memory, layout).count {
            WorkerWords.upstream(upstream).clearGauges(words)
        }
    }

    /// What the worker in a row of a slot has in hand, and its heartbeat.
    package func gauges(ofWorker slot: Int, row: Int = 0) -> WorkerGauges {
        WorkerGauges(block(ofWorker: slot, row: row))
    }

    /// The requests that the worker in a row of a slot has noted down as in flight.
    package func inFlight(ofWorker slot: Int, row: Int = 0) -> [InFlightRequest] {
        InFlightRecords.read(block(ofWorker: slot, row: row).from(WorkerWords.inFlight))
    }

    /// Keeps the report of a crash; the oldest one goes when there is no room.
    package func add(_ crash: CrashEntry) { CrashTable(memory, layout).add(crash) }

    /// Puts a route, by the hash of its path, in quarantine until then.
    package func quarantine(_ route: UInt64, until time: MonotonicTime) {
        QuarantineTable(memory, layout).set(route, until: time)
    }

    /// Requests that the processes in a row of a slot have begun.
    package func requestsBegun(ofWorker slot: Int, row: Int = 0) -> UInt64 {
        block(ofWorker: slot, row: row).load(WorkerWords.requests[.total])
    }

    /// The index under which an upstream is counted: the one it has, or a new one.
    ///
    /// Indices are never given back, so that counters mean the same upstream over all reloads. Throws `upstreamName`
    /// and `upstreamsFull`.
    @discardableResult
    package func registerUpstream(named name: String) throws(ScoreboardError) -> Int {
        guard (1...ScoreboardLimits.nameBytes).contains(name.utf8.count) else {
            throw ScoreboardError.upstreamName(name)
        }
        guard let index = NameTable.upstreams(memory, layout).add(name) else {
            throw ScoreboardError.upstreamsFull(name)
        }
        return index
    }

    /// Gives a route's path its index, where there is room for it.
    package func registerRoute(_ path: String) { _ = NameTable.routes(memory, layout).add(path) }

    /// Enters the servers of a configuration, by the index of their upstream; others are unused from now on.
    package func registerServers(_ servers: [(upstream: Int, url: String)], at now: MonotonicTime) {
        ServerTable(memory, layout).register(servers, at: now)
    }

    /// Nothing adapts to the load any more.
    package func forgetAdaptiveLimit() {
        AdaptiveLimit.forget(BoardCells(memory, at: layout.adaptiveCells))
    }

    private func block(ofWorker slot: Int, row: Int) -> SharedWords {
        check(slot, row)
        return SharedWords(area, byteOffset: layout.workerBlock(slot, row: row) * 8)
    }

    private func check(_ slot: Int, _ row: Int) {
        precondition((0..<layout.slots).contains(slot), "there is no worker slot \(slot)")
        precondition((0..<ScoreboardLimits.rowsPerSlot).contains(row), "a worker slot has no row \(row)")
    }

    private func record(of slot: ProcessSlot) -> PublishedRecord<ProcessEntry> {
        switch slot {
        case .admin:
            return PublishedRecord(memory, at: layout.admin)
        case .worker(let index, let row):
            check(index, row)
            return PublishedRecord(memory, at: layout.processEntry(index, row: row))
        }
    }
}
