package import Base

/// What the daemon as a whole is doing, as `/stats` names it.
package enum DaemonState: String, Sendable, CaseIterable {
    /// Serving, with nothing special going on.
    case running
    /// Rolling the workers to a new configuration.
    case reloading
    /// On the way to its end.
    case draining
    /// At least one slot is held.
    case degraded
}

/// Which configuration runs.
package struct ConfigurationEntry: Sendable, Equatable {
    /// The file's path, empty for the built-in one.
    package var path: String
    /// The SHA-256 of the file's bytes, in lower-case hexadecimal.
    package var sha256: String
    /// When it was put into use.
    package var loadedAt: WallTime

    package init(path: String = "", sha256: String = "", loadedAt: WallTime = WallTime(milliseconds: 0)) {
        self.path = path
        self.sha256 = sha256
        self.loadedAt = loadedAt
    }
}

/// What the supervisor says of itself.
package struct SupervisorEntry: Sendable, Equatable {
    /// What the daemon is doing.
    package var state: DaemonState = .running
    /// The supervisor's process id.
    package var pid: Int32 = 0
    /// The program's version.
    package var version = ""
    /// When the supervisor started.
    package var startedAt = MonotonicTime(nanoseconds: 0)
    /// Counts the configurations that were put into use, from 1.
    package var generation = 0
    /// How many workers there should be.
    package var workersWanted = 0
    /// How often a worker was started because the one before it in its slot ended: the sum over the slots.
    package var restartsTotal = 0
    /// The configuration in use.
    package var configuration = ConfigurationEntry()
    /// The reload that was asked for last, nil when none was.
    package var reload: ReloadEntry?
    /// Lines of the daemon's log that nobody took, since the supervisor's program started.
    package var logLinesDropped = 0

    package init() {}
}

extension SupervisorEntry: Record {
    static let capacity =
        8 + RecordWriter.textWords(bytes: ScoreboardLimits.versionBytes)
        + RecordWriter.textWords(bytes: ScoreboardLimits.pathBytes)
        + RecordWriter.textWords(bytes: ScoreboardLimits.digestBytes) + ReloadEntry.capacity

    init(from reader: inout RecordReader) {
        state = DaemonState(code: reader.number())
        pid = Int32(truncatingIfNeeded: reader.integer())
        version = reader.text(limit: ScoreboardLimits.versionBytes)
        startedAt = MonotonicTime(nanoseconds: reader.number())
        generation = reader.integer()
        workersWanted = reader.integer()
        restartsTotal = reader.integer()
        configuration = ConfigurationEntry(
            path: reader.text(limit: ScoreboardLimits.pathBytes),
            sha256: reader.text(limit: ScoreboardLimits.digestBytes),
            loadedAt: WallTime(milliseconds: Int64(reader.integer())))
        reload = ReloadEntry.read(from: &reader)
        logLinesDropped = reader.integer()
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(state.code)
        writer.put(Int(pid))
        writer.put(version, limit: ScoreboardLimits.versionBytes)
        writer.put(startedAt.nanoseconds)
        writer.put(generation)
        writer.put(workersWanted)
        writer.put(restartsTotal)
        writer.put(configuration.path, limit: ScoreboardLimits.pathBytes)
        writer.put(configuration.sha256, limit: ScoreboardLimits.digestBytes)
        writer.put(Int(configuration.loadedAt.milliseconds))
        ReloadEntry.encode(reload, into: &writer)
        writer.put(logLinesDropped)
    }
}

extension DaemonState {
    fileprivate var code: UInt64 {
        switch self {
        case .running: 1
        case .reloading: 2
        case .draining: 3
        case .degraded: 4
        }
    }

    fileprivate init(code: UInt64) {
        self = Self.allCases.first { $0.code == code } ?? .degraded
    }
}
