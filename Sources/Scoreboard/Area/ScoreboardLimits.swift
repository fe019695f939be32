/// How much the scoreboard has room for.
///
/// The area is sparse, so room that nobody uses costs no memory.
package enum ScoreboardLimits {
    /// Worker slots: as many workers as there can be.
    package static let workerSlots = 64

    /// Rows of a slot: for the process that serves, and for the one that follows it or has gone before it.
    package static let rowsPerSlot = 2

    /// Names of upstreams, over all configurations since the supervisor started: a name keeps its index for good.
    package static let upstreams = 128

    /// Paths of routes, likewise; the requests of others are counted together.
    package static let routes = 128

    /// Bytes of an upstream's name, and of a route's path.
    package static let nameBytes = 128

    /// Reports of crashes that are kept.
    package static let crashes = 32

    /// Bytes of such a report, which is JSON; whoever writes one keeps to it.
    package static let crashBytes = 3_072

    /// Bytes of a record of a slow or failed request, which is JSON; whoever writes one keeps to it.
    package static let requestRecordBytes = 3_072

    /// Routes that can be in quarantine at once.
    static let quarantines = 32

    /// Servers of upstreams, over all configurations since the supervisor started.
    package static let servers = 1_024

    /// Bytes of a server's URL; one that is longer is judged by each worker for itself.
    static let serverURLBytes = 256

    /// Buckets of rate limits, a power of two.
    ///
    /// One is in use until it is full again: after one request at 10/s for 100 ms. 16 bytes each, at most 1 MiB.
    static let rateBuckets = 65_536

    /// Bytes of the reason in `last_exit`; a longer one is cut.
    package static let reasonBytes = 64

    /// Bytes of the program's version; a longer one is cut.
    package static let versionBytes = 64

    /// Bytes of the configuration's path (PATH_MAX); a longer one is cut.
    package static let pathBytes = 4096

    /// Bytes of what is told of a reload that failed: some twenty mistakes; a longer text is cut.
    package static let reloadBytes = 2048

    /// Bytes of a SHA-256 in hexadecimal.
    package static let digestBytes = 64

    /// Counters kept for kinds of failure: more than there are, so that a new kind does not move what follows.
    static let failureKinds = 32

    /// How often a reader tries again when the writer published during its read.
    ///
    /// Each try takes about a microsecond.
    static let readAttempts = 10_000

    /// How old a worker's heartbeat may be while its event loop counts as turning; it beats ten times in that time.
    static let turning = Duration.seconds(1)
}
