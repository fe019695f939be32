import Base
package import Loop
import Policy

/// What a worker has of one server: its connections, the calls in flight there, and what is known of its health.
///
/// Calls hold on to it, so a server that its upstream has no more ends with the last of them.
@LoopActor
package final class ServerState {
    /// Weight and priority may change; where it is does not.
    package internal(set) var server: Server
    private(set) var health: ServerHealth
    /// Calls of this worker there.
    var inFlight = 0
    /// When it was last said why TLS failed there.
    var faultReportedAt: MonotonicTime?
    private let settings: UpstreamSettings
    /// From the first call of the plain lane on.
    private var pool: ServerPool?

    init(_ server: Server, _ settings: UpstreamSettings, _ health: any SharedCells) {
        self.server = server
        self.settings = settings
        self.health = ServerHealth(health)
    }

    /// The plain lane's connections.
    func pool(_ engine: TransferEngine) -> ServerPool {
        if let pool { return pool }
        let pool = ServerPool(server, settings, engine)
        self.pool = pool
        return pool
    }

    /// What is known of its health is kept there from now on.
    func keepHealth(in cells: any SharedCells) { health = ServerHealth(cells) }

    /// Keeps no connection any more: no new call comes here.
    func retire() { pool?.retire() }
}
