package import Configuration
import Glibc
import HTTPEdge
import Loop
import Policy
package import Processes
import Scoreboard
import Upstream

/// A worker, from what its supervisor handed it to the end of its drain.
package struct WorkerProcess {
    /// Where on the scoreboard it writes.
    package struct Place {
        package var slot: Int
        /// Of the slot's two rows, the one that is this process's.
        package var row: Int

        package init(slot: Int, row: Int) {
            self.slot = slot
            self.row = row
        }
    }

    /// The numbers of the descriptors that it inherited.
    package struct Descriptors {
        package var scoreboard: Int32
        package var listeners: [Int32]

        package init(scoreboard: Int32, listeners: [Int32]) {
            self.scoreboard = scoreboard
            self.listeners = listeners
        }
    }

    private let place: Place
    private let descriptors: Descriptors
    private let channel: ControlChannel
    private let configuration: Configuration
    /// Whether it is to ask itself for the probe, and to tell the supervisor the answer.
    private let probesItself: Bool

    package init(
        _ place: Place, _ descriptors: Descriptors, _ channel: ControlChannel, _ configuration: Configuration,
        probesItself: Bool
    ) {
        self.place = place
        self.descriptors = descriptors
        self.channel = channel
        self.configuration = configuration
        self.probesItself = probesItself
    }

    /// Serves until the supervisor says drain or is gone; throws what kept it from starting.
    package func run() throws {
        let board = try Scoreboard.map(descriptor: descriptors.scoreboard)
        let counters = try board.worker(place.slot, row: place.row)
        let records = try board.inFlight(place.slot, row: place.row)
        let recorder = RequestRecorder(ring: try board.requestRing(place.slot, row: place.row), worker: place.slot)
        Signals.ignoreBrokenPipes()
        Signals.ignoreHangUp()
        try SupervisedServer.run(channel, limit: configuration.lifecycle.drain) { [self] in
            WorkerLog.level = configuration.log.level
            let log = configuration.accessLog ? try AccessLog(slot: place.slot, configuration.log, counters) : nil
            let engine = TransferEngine(
                Names(age: configuration.names.age, timeout: configuration.names.timeout),
                limit: configuration.limits.inFlight, forbidden: ForbiddenPeer(OwnEndpoint(configuration.sockets.admin))
            )
            let services = Services(configuration, board, counters)
            services.start(engine)
            let tracer = configuration.tracing.map { Tracer($0, engine, counters, slot: place.slot) }
            let flow = RequestFlow(
                services, engine, admission(engine, board),
                RequestTelemetry(counters, records, recorder, configuration.trustedProxies, log, tracer))
            let reader = board.reader
            let server = HTTPServer(
                flow, limits: EdgeLimits(configuration.limits.client), proxies: configuration.trustedProxies
            ) {
                let load = reader.readyLoad(at: .now())
                return AcceptShare(workers: load.workers, connections: load.connections)
            }
            for listener in descriptors.listeners { server.serve(listener) }
            Heartbeat(counters).start()
            if probesItself {
                // A channel that cannot be written to has no supervisor behind it any more.
                flow.probe(configuration.lifecycle.reload.probe) { status in _ = try? channel.send(.probed(status)) }
            }
            return SupervisedServer.Started(server, heard: { Self.obey($0, log) }) { end in
                log?.close()
                if let tracer { tracer.close(end) } else { end() }
            }
        }
    }

    @LoopActor
    private func admission(_ engine: any CallEngine, _ board: Scoreboard) -> Admission {
        let reader = board.reader
        let limits = configuration.limits
        let limit =
            limits.isAdaptive
            ? AdaptiveLimit(
                routes: configuration.routes.count, most: limits.inFlight, board.adaptiveLimit, at: .now()) : nil
        return Admission(engine, limit, workers: { reader.readyLoad(at: $0).workers })
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
