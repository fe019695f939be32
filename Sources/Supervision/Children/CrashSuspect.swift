package import Base

/// Finds the route that may be to blame: the one that had a request in flight at each of the last crashes.
///
/// Only when it is the only one: with all routes busy, all would have.
package struct CrashSuspect: Sendable {
    /// Crashes that have to agree.
    private static let crashes = 3
    /// They count for so long.
    private static let period = Duration.seconds(600)

    private var last: [(at: MonotonicTime, routes: Set<String>)] = []

    package init() {}

    /// Notes a crash with the routes of the requests in flight; the suspect, if there is one.
    package mutating func note(_ routes: Set<String>, at now: MonotonicTime) -> String? {
        last.append((now, routes))
        last.removeAll { now.since($0.at) > Self.period }
        last = last.suffix(Self.crashes)
        guard last.count == Self.crashes else { return nil }
        let common = last.dropFirst().reduce(last[0].routes) { $0.intersection($1.routes) }
        return common.count == 1 ? common.first : nil
    }
}
