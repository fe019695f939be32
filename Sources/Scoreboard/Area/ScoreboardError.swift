import Glibc

/// Why the scoreboard cannot be created, mapped or used: what was found, and what would be right.
package enum ScoreboardError: Error, Equatable, CustomStringConvertible {
    /// A system call failed; `code` is its errno.
    case system(operation: String, code: Int32)
    /// More slots were asked for than there is room for, or none.
    case slotCount(Int)
    /// The descriptor is something else than a scoreboard; `found` says what.
    case foreign(descriptor: Int32, found: String)
    /// The area was laid out by a different build; `field` is what differs.
    case layout(field: String, found: UInt64, expected: UInt64)
    /// There is no such worker slot.
    case noSuchSlot(Int, slots: Int)
    /// An upstream's name is empty or longer than `ScoreboardLimits.nameBytes`.
    case upstreamName(String)
    /// The table of upstreams has no room for one more name.
    case upstreamsFull(String)

    package var description: String {
        switch self {
        case .system(let operation, let code):
            "scoreboard: \(operation): \(String(cString: strerror(code)))"
        case .slotCount(let count):
            "scoreboard: \(count) worker slots asked for; 1 to \(ScoreboardLimits.workerSlots) are possible"
        case .foreign(let descriptor, let found):
            "scoreboard: descriptor \(descriptor) is no scoreboard: \(found)"
        case .layout(let field, let found, let expected):
            "scoreboard: \(field) is \(found) in the shared area and \(expected) in this program; "
                + "it was created by a different version of gatewayd"
        case .noSuchSlot(let slot, let slots):
            "scoreboard: there is no worker slot \(slot); slots are 0 to \(slots - 1)"
        case .upstreamName(let name):
            "scoreboard: an upstream's name needs 1 to \(ScoreboardLimits.nameBytes) bytes, "
                + "this one has \(name.utf8.count): \(name.prefix(40))"
        case .upstreamsFull(let name):
            "scoreboard: no room for upstream \(name): \(ScoreboardLimits.upstreams) names were used "
                + "since the supervisor started"
        }
    }
}
