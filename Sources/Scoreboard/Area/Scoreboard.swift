package import Base
import Policy

/// The memory that supervisor, workers and admin share: counters, histograms, heartbeats and the state of every process.
///
/// Every word has one writer, but for what policies share, which all workers write (`RateBuckets`, `BoardCells`). A worker writes
/// the counters of its row, the supervisor writes everything else, and sets a row's gauges to zero while no process holds
/// it. A slot has two rows, so that its next process can run while the last
/// one drains; what is shown for a slot is both together.
package struct Scoreboard: Sendable {
    private let area: SharedArea
    private let layout: Layout

    /// What `create` made: the area mapped in this process, and two descriptors to pass on, both close-on-exec and the
    /// caller's to close.
    package struct Created: Sendable {
        /// The area, mapped for reading and writing.
        package let scoreboard: Scoreboard
        /// For workers, and for the binary that replaces this one.
        package let descriptor: Int32
        /// For the admin process: it cannot be mapped for writing.
        package let readOnlyDescriptor: Int32
    }

    /// Creates an empty scoreboard with room for `slots` workers and maps it.
    package static func create(slots: Int = ScoreboardLimits.workerSlots) throws(ScoreboardError) -> Created {
        guard (1...ScoreboardLimits.workerSlots).contains(slots) else { throw ScoreboardError.slotCount(slots) }
        let layout = Layout(slots: slots)
        let descriptor = try SharedArea.makeFile(byteCount: layout.byteCount)
        do throws(ScoreboardError) {
            let area = try SharedArea(descriptor: descriptor, byteCount: layout.byteCount, writable: true)
            let memory = SharedWords(area)
            for (index, field) in layout.header.enumerated() { memory.store(field.value, at: index) }
            for index in 0..<2 { memory.store(.random(in: 0 ... .max), at: Layout.hashKey + index) }
            return Created(
                scoreboard: Scoreboard(area: area, layout: layout), descriptor: descriptor,
                readOnlyDescriptor: try SharedArea.readOnlyDuplicate(of: descriptor))
        } catch {
            SharedArea.closeFile(descriptor)
            throw error
        }
    }

    /// Maps the scoreboard that another process created, for reading and writing.
    ///
    /// The descriptor stays the caller's.
    ///
    /// Throws `foreign` or `layout` when the descriptor is not a scoreboard of this build.
    package static func map(descriptor: Int32) throws(ScoreboardError) -> Scoreboard {
        let layout = try Layout.check(descriptor: descriptor)
        let area = try SharedArea(descriptor: descriptor, byteCount: layout.byteCount, writable: true)
        return Scoreboard(area: area, layout: layout)
    }

    /// The reading side.
    package var reader: ScoreboardReader { ScoreboardReader(area: area, layout: layout) }

    /// The supervisor's own section, for the one process that supervises.
    package var supervisor: SupervisorSection { SupervisorSection(area: area, layout: layout) }

    /// What is known of the circuit of the upstream with this index, for all workers.
    package func circuit(ofUpstream upstream: Int) -> BoardCells {
        BoardCells(SharedWords(area), at: layout.circuitCells(upstream))
    }

    /// The limit of requests in flight that all workers share.
    package var adaptiveLimit: BoardCells { BoardCells(SharedWords(area), at: layout.adaptiveCells) }

    /// What is known of a server, for all workers; nil for one that the supervisor did not register.
    package func health(ofServer url: String, upstream: Int) -> BoardCells? {
        ServerTable(SharedWords(area), layout).cells(ofServer: url, upstream: upstream)
    }

    /// The same for one that records name, which is in use until then; nil where there is no room for it.
    package func health(
        ofServer url: String, upstream: Int, inUseUntil end: MonotonicTime, at now: MonotonicTime
    ) -> BoardCells? {
        ServerTable(SharedWords(area), layout).claim(url, upstream: upstream, until: end.nanoseconds, at: now)
    }

    /// The buckets of rate limits, for all workers.
    package var rateBuckets: RateBuckets { RateBuckets(SharedWords(area), layout) }

    /// The counters of a row of a slot, for the one process that was started in it.
    ///
    /// Throws `noSuchSlot` also for a row that is neither 0 nor 1.
    package func worker(_ slot: Int, row: Int = 0) throws(ScoreboardError) -> WorkerCounters {
        guard (0..<layout.slots).contains(slot), (0..<ScoreboardLimits.rowsPerSlot).contains(row) else {
            throw ScoreboardError.noSuchSlot(slot, slots: layout.slots)
        }
        return WorkerCounters(SharedWords(area, byteOffset: layout.workerBlock(slot, row: row) * 8))
    }

    /// The last slow and failed requests of a row of a slot, for the same process.
    package func requestRing(_ slot: Int, row: Int = 0) throws(ScoreboardError) -> RequestRing {
        RequestRing(try worker(slot, row: row).memory.from(WorkerWords.requestRing))
    }

    /// The records of requests in flight of a row of a slot, for the same process.
    package func inFlight(_ slot: Int, row: Int = 0) throws(ScoreboardError) -> InFlightRecords {
        InFlightRecords(try worker(slot, row: row).memory.from(WorkerWords.inFlight))
    }
}
