import FanOut

/// Whether the loop looks again and again for a moment before it goes to sleep: what its last waits say.
///
/// To sleep and be woken takes longer than the answer of a service nearby, most of all on a virtual machine, where the host
/// takes the core meanwhile and who wakes it has to ask for it back. The kernel's halt polling rests on the same thought
/// (Documentation/virt/guest-halt-polling.rst). A loop that waits longer, or shares its core with whom it waits for, sleeps
/// at once.
struct BusyWait {
    /// How long it looks before it sleeps.
    static let moment = Duration.microseconds(20)
    private static let most = 8
    /// For each wait that is longer than a moment, so many have to be shorter.
    private static let shortForLong = 4

    private var short = 0

    /// Whether the next wait is likely to be short.
    var isLikely: Bool { short >= Self.most / 2 }

    /// A wait was that long.
    mutating func waited(_ duration: Duration) {
        short = duration <= Self.moment ? min(short + 1, Self.most) : max(short - Self.shortForLong, 0)
    }
}
