import FanOut

/// What holds where a configuration says nothing.
package enum Defaults {
    /// Where `gatewayd` looks for its configuration.
    package static let path = "/etc/gatewayd/gatewayd.yaml"
    /// How often the keys of tokens are asked for: as long as one that was withdrawn may still be believed.
    static let keyRefresh = Duration.seconds(300)
    /// How far clocks may be apart that a token's times are judged by.
    static let tokenLeeway = Duration.seconds(30)
    /// Of a whole route; a page that took longer has lost its reader.
    ///
    /// A call has what is left of it.
    static let routeTimeout = Duration.seconds(2)
    /// Of each URL of a batch: they are foreign servers, slower than upstreams.
    static let batchTimeout = Duration.seconds(10)
    /// How long an answer that a proxy passes on may pause: as nginx's proxy_read_timeout.
    static let proxyIdle = Duration.seconds(60)
    /// How long a WebSocket may be silent: those that are used so beat at least once in some minutes.
    static let webSocketIdle = Duration.seconds(3_600)
    /// URLs in one batch.
    static let batchMax = 32
    /// How the parts of a page become one.
    static let merge = MergeMode.group
    /// Who wins a key that two calls carry.
    static let onConflict = ConflictRule.last
    /// Of an answer that stands in the file.
    static let respondStatus = 200
    /// The field that carries an API key.
    static let keyHeader = "X-Api-Key"
    /// The field that carries a token.
    static let tokenHeader = "Authorization"
}
