package import Base
import HTTP
package import Loop
import Policy
import Processes

/// All upstream requests of this process: admits them, sends each down its lane, ends those that take too long.
///
/// Calls go down the plain lane, which speaks HTTP/1.1 on connections that libcurl made; bodies with a coding, URLs from
/// outside and upstreams that are to use it are libcurl's.
@LoopActor
package final class TransferEngine: CallEngine {
    let curl = CurlLane()
    let names: Names
    private(set) lazy var connector = Connector(self)
    private let deadlines = Deadlines()
    /// Reused for every request and every read of the plain lane.
    let scratch = Scratch()
    private let limit: Int
    /// Where no request goes; calls that would fail as `forbidden`.
    let forbidden: ForbiddenPeer?
    /// Transfers that were started and are not settled.
    package private(set) var inFlight = 0

    /// - Parameter limit: Transfers in flight at once; those beyond fail as `overloaded`.
    package init(_ names: Names, limit: Int, forbidden: ForbiddenPeer? = nil) {
        self.names = names
        self.forbidden = forbidden
        self.limit = limit
        deadlines.expired = { [unowned self] in settle($0, .failure(.timeout)) }
    }

    /// Makes a call once, with nothing that its upstream does about failures.
    ///
    /// Its owner is always told how it ended, and never from inside of this.
    func start(_ order: consuming CallOrder, at now: MonotonicTime) -> Transfer {
        let endpoint = order.endpoint
        let line = deadlines.line(order.timeout, last: endpoint.line)
        endpoint.line = line
        let deadline = now + order.timeout
        let transfer = Transfer(order, deadline: deadline, line: line)
        inFlight += 1
        deadlines.add(transfer, to: line)
        guard inFlight <= limit else {
            fail(transfer, .overloaded)
            return transfer
        }
        switch endpoint.upstream.admit(at: now) {
        case .closed: break
        case .trial: transfer.isTrial = true
        case .open:
            fail(transfer, .circuitOpen)
            return transfer
        }
        switch endpoint.upstream.gate.enter(transfer) {
        case .admitted:
            transfer.isAdmitted = true
            begin(transfer)
        case .queued: transfer.stage = .queued
        case .refused: fail(transfer, .overloaded)
        }
        return transfer
    }

    package func call(_ order: consuming CallOrder, at now: MonotonicTime) -> RunningCall {
        guard let shared = order.endpoint.upstream.shared, let key = CallKey(order) else {
            return fetch(order, at: now)
        }
        return .shared(
            shared.start(key, order, at: now) { [self] order, now in
                let call = fetch(order, at: now)
                return { [self] in cancel(call) }
            })
    }

    /// Makes a call with all that its upstream does about failures.
    private func fetch(_ order: consuming CallOrder, at now: MonotonicTime) -> RunningCall {
        guard order.endpoint.upstream.repeats, !order.hasURL else { return .transfer(start(order, at: now)) }
        let attempts = CallAttempts(self, order, at: now)
        attempts.start()
        return .attempts(attempts)
    }

    package var isNearlyFull: Bool { inFlight * 10 >= limit * 9 }

    package func canBegin(_ endpoint: Endpoint) -> Bool {
        inFlight < limit && endpoint.upstream.canAdmit
    }

    package func cancel(_ call: RunningCall) {
        switch call {
        case .transfer(let transfer): cancel(transfer)
        case .attempts(let attempts): attempts.cancel()
        case .shared(let call): call.cancel()
        }
    }

    /// Ends a transfer without an answer to its owner; its connection is closed, which tells the upstream.
    func cancel(_ transfer: Transfer) {
        guard !transfer.isSettled else { return }
        _ = end(transfer)
    }

    /// Ends a transfer and tells its owner.
    func settle(_ transfer: Transfer, _ result: TransferResult) {
        guard !transfer.isSettled else { return }
        transfer.endpoint.upstream.judge(transfer, result)
        end(transfer)?.settled(transfer.order.index, result)
    }

    /// Ends it from a place that its owner must not be told from.
    func fail(_ transfer: Transfer, _ failure: Failure) {
        LoopActor.execute { [self] in settle(transfer, .failure(failure)) }
    }

    /// Undoes what its stage has done, and lets the next one of its upstream in.
    private func end(_ transfer: Transfer) -> (any TransferOwner)? {
        let stage = transfer.stage
        let owner = transfer.settle()
        inFlight -= 1
        deadlines.remove(from: transfer.line)
        transfer.server?.inFlight -= 1
        switch stage {
        case .starting, .settled: break
        case .queued: transfer.endpoint.upstream.gate.leftLine()
        case .waiting(let pool): pool.leftLine(transfer)
        case .exchanging(let connection): connection.abandon()
        case .curl(let exchange): exchange.end()
        }
        if transfer.isAdmitted, let next = transfer.endpoint.upstream.gate.leave() {
            next.isAdmitted = true
            // It is in the gate's line no more, and may now wait for a name.
            next.stage = .starting
            begin(next)
        }
        return owner
    }

    // MARK: Lanes

    private func begin(_ transfer: Transfer) {
        let endpoint = transfer.endpoint
        guard !transfer.order.hasURL else { return beginCurl(transfer) }
        guard let server = endpoint.upstream.take(avoiding: transfer.order.avoided) else { return discover(transfer) }
        // libcurl decodes and takes whole answers: what only passes through is the plain lane's.
        let usesLibcurl = transfer.sink == nil && (endpoint.isEncoded || endpoint.upstream.settings.usesLibcurl)
        let pool = usesLibcurl ? nil : server.pool(self)
        transfer.server = server
        if let pool { pool.run(transfer) } else { beginCurl(transfer) }
    }

    /// Has a transfer wait until its upstream's servers are known.
    private func discover(_ transfer: Transfer) {
        guard let discovery = transfer.endpoint.upstream.discovery else { return fail(transfer, .dns) }
        discovery.whenKnown { [self] isKnown in
            guard !transfer.isSettled else { return }
            if isKnown { begin(transfer) } else { fail(transfer, .dns) }
        }
    }

    /// Begins it again with libcurl: because that decodes bodies, or as a second attempt.
    func beginAgain(_ transfer: Transfer) {
        transfer.stage = .starting
        beginCurl(transfer)
    }

    private func beginCurl(_ transfer: Transfer) {
        if let server = transfer.server?.server {
            if server.isAddress { runCurl(transfer, nil) } else { resolve(transfer, server.host, server.port) }
        } else if let url = transfer.order.url {
            switch url.host {
            case .address(let address): runCurl(transfer, nil, judging: [address])
            case .name(let name): resolve(transfer, name, url.port)
            }
        }
    }

    private func resolve(_ transfer: Transfer, _ host: String, _ port: UInt16) {
        names.addresses(of: host) { [self] result in
            guard !transfer.isSettled else { return }
            switch result {
            case .success(let addresses):
                runCurl(transfer, StringList(resolving: host, port, to: addresses), judging: addresses)
            case .failure(let failure): fail(transfer, failure)
            }
        }
    }

    /// Hands a transfer to libcurl, with the addresses that it may connect to; it asks nobody for others.
    private func runCurl(_ transfer: Transfer, _ pinned: StringList?, judging addresses: [IPAddress] = []) {
        if let permits = transfer.endpoint.permits, let url = transfer.order.url,
            !addresses.allSatisfy({ permits($0, url) })
        {
            return fail(transfer, .forbidden)
        }
        guard let exchange = transfer.endpoint.takeIdle() ?? CurlExchange(transfer.endpoint, self) else {
            return fail(transfer, .overloaded)
        }
        guard exchange.prepare(transfer, pinned) else {
            exchange.end()
            return fail(transfer, .protocol)
        }
        transfer.stage = .curl(exchange)
        if !curl.add(exchange) { fail(transfer, .overloaded) }
    }
}

/// A call on its way: one transfer, attempts of which one brings the result, or a part in what several calls share.
package enum RunningCall {
    case transfer(Transfer)
    case attempts(CallAttempts)
    case shared(SharedCall)
}
