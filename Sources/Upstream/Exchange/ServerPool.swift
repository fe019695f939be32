import Base
import Glibc
import Loop
import Policy
import Processes

/// The plain lane's connections to one server: those that wait for a request, those being made, and who waits for them.
@LoopActor
final class ServerPool: TransferHolder {
    /// Connections being made at once: more would only fill the server's queue.
    private static let connectingLimit = 256
    /// How many times kept connections are looked at before they are too old; their age is counted in these sweeps.
    private static let sweeps = 16

    private let server: Server
    private let settings: UpstreamSettings
    private let lane: PlainLane
    let frame: RequestFrame
    /// The last one used is used next, so that the others grow old; closed ones lie here until they are met.
    private var idle: [PlainConnection] = []
    private var connecting: [ObjectIdentifier: Connecting] = [:]
    /// Second attempts, which take no connection that was used before.
    private var retrying = WaitingLine()
    private var waiting = WaitingLine()
    private var isSweepScheduled = false
    private var sweep = 0
    private var isRetired = false

    init(_ server: Server, _ settings: UpstreamSettings, _ lane: PlainLane) {
        self.server = server
        self.settings = settings
        self.lane = lane
        frame = RequestFrame(server)
    }

    /// Closes what waits, and keeps no connection from now on.
    func retire() {
        isRetired = true
        for connection in idle { connection.close() }
        idle = []
    }

    /// Sends a transfer's request on a kept connection, or has one made.
    func run(_ transfer: Transfer) {
        if !transfer.isRetry,
            let connection = takeIdle(isRepeatable: transfer.order.isIdempotent && !transfer.isStreamed)
        {
            return connection.send(transfer)
        }
        transfer.stage = .held(self)
        if transfer.isRetry { retrying.append(transfer) } else { waiting.append(transfer) }
        connect()
    }

    private func takeIdle(isRepeatable: Bool) -> PlainConnection? {
        while let connection = idle.popLast() {
            guard !connection.isClosed else { continue }
            if isRepeatable || !connection.wire.isStale { return connection }
            connection.close()
        }
        return nil
    }

    /// A connection less is needed.
    func abandon(_ transfer: Transfer) {
        if transfer.isRetry { retrying.left() } else { waiting.left() }
        guard connecting.count > wanted, let (key, extra) = connecting.first else { return }
        connecting[key] = nil
        lane.connector.cancel(extra)
    }

    private var wanted: Int { retrying.count + waiting.count }

    // MARK: Connecting

    private func connect() {
        while connecting.count < min(wanted, Self.connectingLimit) {
            let started = lane.connector.connect(server, settings) { [self] made, result in
                connecting[ObjectIdentifier(made)] = nil
                connected(result, made)
            }
            guard let started else { return failFirst(.overloaded) }
            connecting[ObjectIdentifier(started)] = started
        }
    }

    private func connected(_ result: Result<Wire, Failure>, _ made: Connecting) {
        switch result {
        case .success(let wire): hand(PlainConnection(wire, made.times, self, lane))
        case .failure(let failure): failFirst(failure, made.fault)
        }
        connect()
    }

    private func failFirst(_ failure: Failure, _ fault: TLSFault? = nil) {
        guard let transfer = retrying.popFirst() ?? waiting.popFirst() else { return }
        transfer.report(fault)
        // It is in no line any more.
        transfer.stage = .starting
        lane.desk.fail(transfer, failure)
    }

    /// Gives a new connection to whom it was made for, or to whoever is next.
    private func hand(_ connection: PlainConnection) {
        if let transfer = retrying.popFirst() ?? waiting.popFirst() {
            connection.send(transfer)
        } else {
            keep(connection)
        }
    }

    // MARK: Keeping

    /// An answer is complete and its connection can take another request.
    func release(_ connection: PlainConnection) {
        if let transfer = waiting.popFirst() { connection.send(transfer) } else { keep(connection) }
    }

    private func keep(_ connection: PlainConnection) {
        guard !isRetired, idle.count < settings.keepalive.connections else { return connection.close() }
        connection.idleSince = sweep
        idle.append(connection)
        scheduleSweep()
    }

    private func scheduleSweep() {
        guard !isSweepScheduled else { return }
        isSweepScheduled = true
        LoopTimer.once(at: .now() + settings.keepalive.idle / Self.sweeps) { [self] in closeOld() }
    }

    /// Closes what was not used for too long; the oldest lie first.
    private func closeOld() {
        isSweepScheduled = false
        sweep += 1
        for connection in idle where connection.idleSince + Self.sweeps <= sweep { connection.close() }
        idle.removeAll(where: \.isClosed)
        if !idle.isEmpty { scheduleSweep() }
    }
}
