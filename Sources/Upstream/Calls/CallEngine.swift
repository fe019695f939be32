package import Base
package import Loop

/// What a user of calls needs of an engine; tests have one without sockets.
///
/// Bound to classes, so a reference to it is counted once and no dynamic cast is made.
@LoopActor
package protocol CallEngine: AnyObject {
    /// Makes a call, or has it share what is there or on its way.
    ///
    /// Its owner is always told how it ended, unless it is cancelled, and never from inside of this.
    func call(_ order: consuming CallOrder, at now: MonotonicTime) -> RunningCall
    /// Ends a call without an answer to its owner.
    func cancel(_ call: RunningCall)
    /// Whether a call of an endpoint would be let in now, or queued.
    func canBegin(_ endpoint: Endpoint) -> Bool
    /// Whether nine tenths of the calls that may be in flight are.
    var isNearlyFull: Bool { get }
}
