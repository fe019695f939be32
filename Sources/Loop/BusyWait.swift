/// Whether the loop looks again and again for a moment before it goes to sleep: what its last waits say.
///
/// To sleep and be woken takes longer than the answer of a service nearby, most of all on a virtual machine, where the host
/// takes the core meanwhile and who wakes it has to ask for it back. The kernel's halt polling rests on the same thought
/// (Documentation/virt/guest-halt-polling.rst). A loop that waits longer sleeps at once, and so does one that others push
/// off its core: they may be those it waits for.
struct BusyWait {
    /// How long it looks before it sleeps.
    static let moment = Duration.microseconds(20)
    private static let most = 8
    /// For each wait that is longer than a moment, so many have to be shorter.
    private static let shortForLong = 4
    /// In so many waits a loop that has its core to itself is hardly ever pushed off it.
    static let span = 64

    private var short = 0
    private var waits = 0
    private var preemptions: Int64 = 0
    private var sharesCore = false

    /// Whether the next wait is likely to be short, and to cost nobody a core.
    var isLikely: Bool { short >= Self.most / 2 && !sharesCore }

    /// A wait was that long.
    ///
    /// - Parameter preemptions: How often the thread has been pushed off its core.
    mutating func waited(_ duration: Duration, preemptions: () -> Int64) {
        short = duration <= Self.moment ? min(short + 1, Self.most) : max(short - Self.shortForLong, 0)
        waits += 1
        guard waits == Self.span else { return }
        waits = 0
        let count = preemptions()
        sharesCore = count - self.preemptions > 1
        self.preemptions = count
    }
}
