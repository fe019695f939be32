import Loop
import Policy

/// The lane of our own: HTTP/1.1 on connections that libcurl made, in a pool for each server.
@LoopActor
final class PlainLane {
    let connector: Connector
    /// Reused for every request and every read.
    let scratch = Scratch()
    /// Outlives its lanes.
    unowned let desk: any TransferDesk
    /// By the place that each server has noted; nil where one is free.
    private var pools: [ServerPool?] = []
    private var free: [Int] = []

    init(_ desk: any TransferDesk, _ connector: Connector) {
        self.desk = desk
        self.connector = connector
    }

    /// The connections to a server, from the first call on until its upstream has it no more.
    ///
    /// The upstream and not its settings: they would be copied for each call.
    func pool(_ server: ServerState, of upstream: UpstreamServers) -> ServerPool {
        if let place = server.poolPlace, let pool = pools[place] { return pool }
        let pool = ServerPool(server.server, upstream.settings, self)
        let place = free.popLast() ?? pools.count
        if place == pools.count { pools.append(pool) } else { pools[place] = pool }
        server.poolPlace = place
        server.onRetire = { [unowned self, unowned server] in
            pool.retire()
            pools[place] = nil
            free.append(place)
            server.poolPlace = nil
            server.onRetire = {}
        }
        return pool
    }
}
