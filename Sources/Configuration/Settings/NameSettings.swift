/// How the addresses of names are kept (`names:`).
package struct NameSettings: Sendable, Hashable {
    /// How long a resolved name is used before it is looked up again.
    ///
    /// 10 s: a server that moved is found soon, and a resolver answers every name six times a minute at most.
    package var age: Duration = .seconds(10)
    /// How long a lookup may take before the calls that wait for it fail as `dns`.
    ///
    /// 5 s: as long as the resolver waits for its first server (resolv.conf(5)).
    package var timeout: Duration = .seconds(5)

    package init() {}
}
