import Loop
import Policy

/// The exchanges of libcurl's lane: those that wait for the next call of their endpoint are kept prepared.
@LoopActor
final class CurlExchanges {
    /// Handles of an endpoint that wait; what a burst leaves over this is freed.
    private static let idleLimit = 1024

    let lane = CurlLane()
    let forbidden: ForbiddenPeer?
    /// Outlives its lanes.
    unowned let desk: any TransferDesk
    /// By the shelf that each endpoint has noted.
    private var idle: [[CurlExchange]] = []

    init(_ desk: any TransferDesk, _ forbidden: ForbiddenPeer?) {
        self.desk = desk
        self.forbidden = forbidden
    }

    /// Hands a transfer to libcurl; returns why that cannot be.
    ///
    /// - Parameter pinned: The addresses that it may connect to.
    func run(_ transfer: Transfer, _ pinned: StringList?) -> Failure? {
        guard let exchange = take(transfer.endpoint) else { return .overloaded }
        guard exchange.prepare(transfer, pinned) else {
            exchange.end()
            return .protocol
        }
        transfer.stage = .held(exchange)
        return lane.add(exchange) ? nil : .overloaded
    }

    private func take(_ endpoint: Endpoint) -> CurlExchange? {
        guard let shelf = endpoint.shelf else {
            endpoint.shelf = idle.count
            idle.append([])
            return CurlExchange(endpoint, self)
        }
        return idle[shelf].popLast() ?? CurlExchange(endpoint, self)
    }

    /// Keeps a handle for its next use; false when enough of them wait.
    func keep(_ exchange: CurlExchange) -> Bool {
        guard let shelf = exchange.endpoint.shelf, idle[shelf].count < Self.idleLimit else { return false }
        idle[shelf].append(exchange)
        return true
    }
}
