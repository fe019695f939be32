import Base
package import Loop
import Policy

/// What a worker has of one server: the calls in flight there, and what is known of its health.
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
    /// Where the plain lane has its connections; nil before the first call there.
    var poolPlace: Int?
    /// Told when its upstream has it no more.
    var onRetire: () -> Void = {}

    init(_ server: Server, _ health: any SharedCells) {
        self.server = server
        self.health = ServerHealth(health)
    }

    /// What is known of its health is kept there from now on.
    func keepHealth(in cells: any SharedCells) { health = ServerHealth(cells) }

    /// No new call comes here.
    func retire() { onRetire() }
}
