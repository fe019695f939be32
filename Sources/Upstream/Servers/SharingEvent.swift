/// What became of a call where equal ones are shared.
package enum SharingEvent: Sendable, Equatable {
    /// It was answered from what is kept.
    case hit
    /// It went to the upstream for want of an answer.
    case missed
    /// It was answered with what is fresh no more: while another answer is fetched, or in place of a failure.
    case stale
    /// It waits for the same answer as another call.
    case coalesced
    /// So many bytes are kept now.
    case keeps(bytes: Int)
}
