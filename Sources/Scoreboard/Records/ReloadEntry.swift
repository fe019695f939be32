package import Base

/// How far the reload is that was asked for last, as `/stats` names it.
package enum ReloadOutcome: String, Sendable, CaseIterable {
    /// It waits until the workers that are on their way out are gone.
    case queued
    /// New workers are on trial.
    case rolling
    /// The new configuration is in use.
    case done
    /// A new worker did not come up to what was asked of it; the old ones stayed.
    case failed
    /// The configuration cannot be used; nothing was started.
    case refused
}

/// What became of the reload, or of the restart of all workers, that was asked for last.
package struct ReloadEntry: Sendable, Equatable {
    package var outcome: ReloadOutcome
    /// The generation that it made, or would have made.
    package var generation: Int
    /// When the outcome came.
    package var at: WallTime
    /// Why it failed or was refused, a line for each mistake; at most `ScoreboardLimits.reloadBytes`.
    package var message: String

    package init(outcome: ReloadOutcome, generation: Int, at: WallTime, message: String) {
        self.outcome = outcome
        self.generation = generation
        self.at = at
        self.message = message
    }
}

extension ReloadEntry {
    /// The words of an entry, or of none.
    static let capacity = 4 + RecordWriter.textWords(bytes: ScoreboardLimits.reloadBytes)

    /// Reads what `encode` has written; nil when there was no entry.
    static func read(from reader: inout RecordReader) -> ReloadEntry? {
        let code = reader.number()
        guard let outcome = ReloadOutcome.allCases.first(where: { $0.code == code }) else { return nil }
        let generation = reader.integer()
        let at = WallTime(milliseconds: Int64(reader.integer()))
        return ReloadEntry(
            outcome: outcome, generation: generation, at: at,
            message: reader.text(limit: ScoreboardLimits.reloadBytes))
    }

    /// Writes an entry, or that there is none.
    static func encode(_ entry: ReloadEntry?, into writer: inout RecordWriter) {
        writer.put(entry?.outcome.code ?? 0)
        guard let entry else { return }
        writer.put(entry.generation)
        writer.put(Int(entry.at.milliseconds))
        writer.put(entry.message, limit: ScoreboardLimits.reloadBytes)
    }
}

extension ReloadOutcome {
    fileprivate var code: UInt64 {
        switch self {
        case .queued: 1
        case .rolling: 2
        case .done: 3
        case .failed: 4
        case .refused: 5
        }
    }
}
