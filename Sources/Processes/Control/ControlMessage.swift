package import Telemetry

/// What supervisor and child say to each other over the control channel, one packet each.
///
/// On the wire it is a word, then for some a space and text, in UTF-8. That both sides run the same binary is not given
/// while one replaces the other, so an unknown word is a value that can be skipped and not an error.
package enum ControlMessage: Sendable, Hashable {
    /// The largest packet in bytes; a longer `failed` text is cut at a character's border.
    package static let limit = 1_024

    /// Child to supervisor: it serves from now on.
    case ready
    /// Child to supervisor: it cannot start, and why; it exits right after.
    case failed(String)
    /// Child to supervisor: it asked itself for the probe of its configuration, and this is the answer's status.
    case probed(Int)
    /// Supervisor to child: finish what is in flight, take nothing new, exit 0.
    case drain
    /// Supervisor to child: open the files of logs again.
    case reopenLogs
    /// Supervisor to child: write what matters at least so.
    case logLevel(LogLevel)
    /// A packet of another version; holds its text.
    case unknown(String)

    /// The packet's bytes, at most `limit`.
    package var encoded: [UInt8] {
        switch self {
        case .ready: Array("ready".utf8)
        case .drain: Array("drain".utf8)
        case .reopenLogs: Array("reopen-logs".utf8)
        case .logLevel(let level): Array("log-level \(level.rawValue)".utf8)
        case .probed(let status): Array("probed \(status)".utf8)
        case .failed(let reason): Self.cut("failed " + reason)
        case .unknown(let text): Self.cut(text)
        }
    }

    /// Reads one packet; bytes that are no UTF-8 come out as replacement characters.
    package init(decoding bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first ?? "", parts.count) {
        case ("ready", 1): self = .ready
        case ("drain", 1): self = .drain
        case ("reopen-logs", 1): self = .reopenLogs
        case ("log-level", 2): self = LogLevel(rawValue: String(parts[1])).map(Self.logLevel) ?? .unknown(text)
        case ("failed", 2): self = .failed(String(parts[1]))
        case ("probed", 2): self = Int(parts[1]).map(Self.probed) ?? .unknown(text)
        default: self = .unknown(text)
        }
    }

    private static func cut(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8.prefix(limit + 1))
        guard bytes.count > limit else { return bytes }
        // The first byte that falls off must not be the continuation of one that stays.
        while let last = bytes.last, last & 0b1100_0000 == 0b1000_0000 { bytes.removeLast() }
        bytes.removeLast()
        return bytes
    }
}
