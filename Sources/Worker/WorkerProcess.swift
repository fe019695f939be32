package import Configuration
import Glibc
import HTTP
import HTTPEdge
import Loop
package import Processes
import Scoreboard
import Upstream

/// A worker, from what its supervisor handed it to the end of its drain.
package struct WorkerProcess {
    package var slot: Int
    /// Of the slot's two rows on the scoreboard, the one that this process writes.
    package var row: Int
    /// Whether it is to ask itself for the probe, and to tell the supervisor the answer.
    package var probesItself: Bool
    package var channel: ControlChannel
    /// The numbers of the inherited descriptors.
    package var scoreboard: Int32
    package var listeners: [Int32]
    package var configuration: Configuration

    package init(
        slot: Int, row: Int, probesItself: Bool, channel: ControlChannel, scoreboard: Int32, listeners: [Int32],
        configuration: Configuration
    ) {
        self.slot = slot
        self.row = row
        self.probesItself = probesItself
        self.channel = channel
        self.scoreboard = scoreboard
        self.listeners = listeners
        self.configuration = configuration
    }

    /// Serves until the supervisor says drain or is gone; throws what kept it from starting.
    package func run() throws {
        let board = try Scoreboard.map(descriptor: scoreboard)
        let counters = try board.worker(slot, row: row)
        let places = try board.inFlight(slot, row: row)
        let recorder = RequestRecorder(ring: try board.requestRing(slot, row: row), worker: slot)
        Signals.ignoreBrokenPipes()
        Signals.ignoreHangUp()
        try SupervisedServer.run(channel, limit: configuration.drain) { [self] in
            WorkerLog.level = configuration.log.level
            let log = configuration.accessLog ? try AccessLog(slot: slot, configuration.log, counters) : nil
            let engine = TransferEngine(
                Names(age: configuration.names.age, timeout: configuration.names.timeout),
                limit: configuration.limits.inFlight, forbidden: ForbiddenPeer(OwnEndpoint(configuration.admin)))
            let services = Services(configuration, board, counters)
            services.start(engine)
            let reader = board.reader
            let admission = Admission(
                engine, routes: configuration.routes.count, most: configuration.limits.inFlight,
                configuration.limits.isAdaptive ? board.adaptiveLimit : nil,
                workers: { reader.readyLoad(at: $0).workers })
            let tracer = configuration.tracing.map { Tracer($0, engine, counters, slot: slot) }
            let flow = RequestFlow(services, engine, admission, recorder, counters, places, log, tracer)
            let server = HTTPServer(
                flow, limits: EdgeLimits(configuration.limits), proxies: configuration.trustedProxies
            ) {
                let load = reader.readyLoad(at: .now())
                return AcceptShare(workers: load.workers, connections: load.connections)
            }
            for listener in listeners { server.serve(listener) }
            Heartbeat(counters).start()
            if probesItself {
                // A channel that cannot be written to has no supervisor behind it any more.
                flow.probe(configuration.reload.probe) { status in _ = try? channel.send(.probed(status)) }
            }
            return SupervisedServer.Started(server, heard: { Self.obey($0, log) }) { end in
                log?.close()
                if let tracer { tracer.close(end) } else { end() }
            }
        }
    }

    @LoopActor
    private static func obey(_ message: ControlMessage, _ log: AccessLog?) {
        switch message {
        case .reopenLogs: log?.reopen()
        case .logLevel(let level): WorkerLog.level = level
        case .ready, .failed, .probed, .drain, .unknown: break
        }
    }
}

extension ForbiddenPeer {
    /// The admin endpoint; nil where that is on a unix socket, or on a port that only the kernel knows.
    fileprivate init?(_ own: OwnEndpoint?) {
        guard let own, own.port != 0 else { return nil }
        self.init(port: own.port) { own.mayBeReached(at: $0, port: own.port, isLocal: LocalAddress.has) }
    }
}

extension EdgeLimits {
    /// The limits as the configuration has them.
    fileprivate init(_ limits: Limits) {
        self.init()
        headerTimeout = limits.headerTimeout
        keepAliveIdle = limits.keepaliveIdle
        leastRate = limits.leastRate
        writeTimeout = limits.writeTimeout
        connections = limits.connections
        connectionsPerClient = limits.connectionsPerClient
        requestsPerConnection = limits.requestsPerConnection ?? .max
        requestBody = limits.requestBody
        request.headerBytes = limits.headerBytes
        request.headerFields = limits.headerFields
    }
}
