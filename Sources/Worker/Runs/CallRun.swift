import Base
import HTTP
import Loop
import Upstream

/// One call of a fan-out, from its beginning on; how it ended is in the fan-out's state.
struct CallRun {
    /// When it began; nil before that.
    var start: MonotonicTime?
    /// Nil for one that was not made.
    var call: RunningCall?
    /// Fields of its answer, where the route passes any back.
    var fields: HeaderFields?
}
