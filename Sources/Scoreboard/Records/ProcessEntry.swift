package import Base

/// Where a process is in its life, as `/stats` names it.
package enum ProcessState: String, Sendable, CaseIterable {
    /// Spawned, and has not said yet that it is ready.
    case starting
    /// Serving.
    case ready
    /// Finishing what it has, accepting nothing new.
    case draining
    /// Its heartbeat is stale; it is being killed.
    case unresponsive
    /// There is no process: it will be started again, or its slot is out of use.
    case dead
    /// There is no process, and none is started until a while has passed: too many deaths in too short a time.
    case held
}

/// How the last process of a slot ended.
package struct LastExit: Sendable, Equatable {
    /// `exit 1`, `signal SIGKILL`, `unresponsive` or `recycled`; at most `ScoreboardLimits.reasonBytes`.
    package var reason: String
    /// When it was noticed.
    package var at: WallTime
    /// The requests that it had begun and not answered.
    package var inFlight: Int

    package init(reason: String, at: WallTime, inFlight: Int) {
        self.reason = reason
        self.at = at
        self.inFlight = inFlight
    }
}

/// What the supervisor knows of the process in a slot.
package struct ProcessEntry: Sendable, Equatable {
    /// Where the process is in its life.
    package var state: ProcessState
    /// The process id, 0 while there is none.
    package var pid: Int32
    /// The configuration's generation that the process runs.
    package var generation: Int
    /// When the process was spawned.
    package var startedAt: MonotonicTime
    /// How often a process was started here because the one before it ended.
    package var restarts: Int
    /// How the process before this one ended, nil when none has yet.
    package var lastExit: LastExit?

    package init(
        state: ProcessState = .dead, pid: Int32 = 0, generation: Int = 0,
        startedAt: MonotonicTime = MonotonicTime(nanoseconds: 0), restarts: Int = 0, lastExit: LastExit? = nil
    ) {
        self.state = state
        self.pid = pid
        self.generation = generation
        self.startedAt = startedAt
        self.restarts = restarts
        self.lastExit = lastExit
    }

    /// Whether a process is there.
    package var isAlive: Bool { pid > 0 }

    /// Whether a slot shows this process rather than the one in its other row: one that lives, and of two the later.
    func isNewer(than other: ProcessEntry) -> Bool {
        isAlive == other.isAlive ? startedAt > other.startedAt : isAlive
    }

    /// Both rows of a slot as one: the newer process, the restarts of both, and the exit that came last.
    func merged(with other: ProcessEntry) -> ProcessEntry {
        var entry = other.isNewer(than: self) ? other : self
        entry.restarts = restarts &+ other.restarts
        entry.lastExit = [lastExit, other.lastExit].compactMap(\.self).max { $0.at < $1.at }
        return entry
    }
}

extension ProcessEntry: Record {
    static let capacity = 8 + RecordWriter.textWords(bytes: ScoreboardLimits.reasonBytes)

    /// Whether a record that begins with this word is of a process that serves; the state comes first for this.
    static func isReady(firstWord: UInt64) -> Bool { firstWord == ProcessState.ready.code }

    init(from reader: inout RecordReader) {
        self.init(
            state: ProcessState(code: reader.number()), pid: Int32(truncatingIfNeeded: reader.integer()),
            generation: reader.integer(), startedAt: MonotonicTime(nanoseconds: reader.number()),
            restarts: reader.integer())
        guard reader.number() == 1 else { return }
        let at = WallTime(milliseconds: Int64(reader.integer()))
        let inFlight = reader.integer()
        lastExit = LastExit(reason: reader.text(limit: ScoreboardLimits.reasonBytes), at: at, inFlight: inFlight)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(state.code)
        writer.put(Int(pid))
        writer.put(generation)
        writer.put(startedAt.nanoseconds)
        writer.put(restarts)
        writer.put(lastExit == nil ? 0 : 1)
        guard let lastExit else { return }
        writer.put(Int(lastExit.at.milliseconds))
        writer.put(lastExit.inFlight)
        writer.put(lastExit.reason, limit: ScoreboardLimits.reasonBytes)
    }
}

extension ProcessState {
    fileprivate var code: UInt64 {
        switch self {
        case .starting: 1
        case .ready: 2
        case .draining: 3
        case .unresponsive: 4
        case .dead: 5
        case .held: 6
        }
    }

    fileprivate init(code: UInt64) {
        self = Self.allCases.first { $0.code == code } ?? .dead
    }
}
