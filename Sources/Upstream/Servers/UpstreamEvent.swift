/// What happened to an upstream or to one of its servers, for the log and the statistics.
package enum UpstreamEvent: Sendable, Equatable {
    case retried, hedged
    /// A copy was faster than the first.
    case hedgeWon
    case circuitOpened, circuitClosed
    /// Of a server, by its URL.
    case ejected(String), down(String), up(String)
    /// Records name other servers than before: these, by their URLs.
    case serversChanged([String])
    /// TLS with a server, by its URL, did not come about.
    case tlsFailed(String, TLSFault)
    /// The lookup of the records has failed, and the one before it had not.
    case lookupFailed
}
