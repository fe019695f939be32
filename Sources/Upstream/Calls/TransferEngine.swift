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
package final class TransferEngine: CallEngine, TransferDesk {
    private lazy var plain = PlainLane(self, Connector(names, forbidden))
    private lazy var exchanges = CurlExchanges(self, forbidden)
    private let names: Names
    private let deadlines = Deadlines()
    private let queues = GateQueues()
    /// By upstream, where equal calls are made once.
    private var sharing: [ObjectIdentifier: SharedCalls] = [:]
    private let limit: Int
    /// Where no request goes; calls that would fail as `forbidden`.
    private let forbidden: ForbiddenPeer?
    /// Transfers that were started and are not settled.
    package private(set) var inFlight = 0

    /// - Parameter limit: Transfers in flight at once; those beyond fail as `overloaded`.
    package init(_ names: Names, limit: Int, forbidden: ForbiddenPeer? = nil) {
        self.names = names
        self.forbidden = forbidden
        self.limit = limit
        deadlines.expired = { [unowned self] in settle($0, .failure(.timeout)) }
    }

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
        switch endpoint.upstream.gate.enter() {
        case .admitted:
            transfer.isAdmitted = true
            begin(transfer)
        case .queued: queues.append(transfer)
        case .refused: fail(transfer, .overloaded)
        }
        return transfer
    }

    package func call(_ order: consuming CallOrder, at now: MonotonicTime) -> RunningCall {
        guard order.endpoint.upstream.isShared, let shared = shared(order.endpoint.upstream), let key = CallKey(order)
        else {
            return fetch(order, at: now)
        }
        return .shared(
            shared.start(key, order, at: now) { [self] (order: consuming CallOrder, now) in
                let call = fetch(order, at: now)
                return { [self] in cancel(call) }
            })
    }

    /// The calls of an upstream of which equal ones are made once.
    private func shared(_ upstream: UpstreamServers) -> SharedCalls? {
        if let calls = sharing[ObjectIdentifier(upstream)] { return calls }
        guard let calls = SharedCalls(upstream.settings) else { return nil }
        // It holds on to the upstream, so that no other one has its place.
        calls.report = { upstream.reportSharing($0) }
        sharing[ObjectIdentifier(upstream)] = calls
        return calls
    }

    /// Makes a call with all that its upstream does about failures.
    private func fetch(_ order: consuming CallOrder, at now: MonotonicTime) -> RunningCall {
        guard order.endpoint.upstream.repetition.isPossible, !order.hasURL else {
            return .transfer(start(order, at: now))
        }
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

    func cancel(_ transfer: Transfer) {
        guard !transfer.isSettled else { return }
        _ = end(transfer)
    }

    func settle(_ transfer: Transfer, _ result: TransferResult) {
        guard !transfer.isSettled else { return }
        transfer.endpoint.upstream.judge(
            transfer.server, isFailure: result.blamesServer, isTrial: transfer.isTrial)
        end(transfer)?.settled(transfer.order.index, result)
    }

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
        case .held(let holder): holder.abandon(transfer)
        }
        if transfer.isAdmitted, transfer.endpoint.upstream.gate.leave(),
            let next = queues.popFirst(of: transfer.endpoint.upstream)
        {
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
        let pool = usesLibcurl ? nil : plain.pool(server, of: endpoint.upstream)
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
        if let failure = exchanges.run(transfer, pinned) { fail(transfer, failure) }
    }
}
