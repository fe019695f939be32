import Base
import Configuration
import HTTP
import Loop
import Policy
import Processes
import Scoreboard
import Upstream

/// An upstream as a worker has it: its servers, what the machine knows of them, and who is told what happens.
@LoopActor
final class UpstreamService {
    private let settings: Upstream
    let servers: UpstreamServers
    /// Where the scoreboard counts it.
    let boardIndex: Int?
    private var probes: HealthProbes?

    init(_ settings: Upstream, _ limits: Limits, _ board: Scoreboard, _ counters: WorkerCounters) {
        self.settings = settings
        let boardIndex = board.reader.upstreamIndex(named: settings.name)
        self.boardIndex = boardIndex
        let isFixed = settings.service == nil
        let fixed = isFixed ? settings.servers : []
        let circuit: any SharedCells =
            if let boardIndex { board.circuit(ofUpstream: boardIndex) } else { LocalCells() }
        servers = UpstreamServers(
            zip(fixed, settings.weights).map(Server.init), UpstreamSettings(settings, limits), breaker: circuit,
            health: { url, time in
                guard let boardIndex else { return nil }
                // The supervisor has entered those of the configuration.
                if isFixed { return board.health(ofServer: url, upstream: boardIndex) }
                let now = MonotonicTime.now()
                return board.health(ofServer: url, upstream: boardIndex, inUseUntil: now + time, at: now)
            })
        report(to: counters)
    }

    /// Begins what goes on without a request: to look up the records that name its servers, where these are not in the
    /// configuration, and to ask the servers whether they are well, where that is wanted.
    func start(_ engine: any CallEngine, _ names: NameSettings) {
        if let service = settings.service {
            ServiceDiscovery(
                Service(name: service.host, isSecure: service.scheme == .https, base: service.basePath), for: servers,
                age: names.age, timeout: names.timeout)
        }
        guard let health = settings.health, settings.service != nil || settings.servers.count > 1 else { return }
        let probes = HealthProbes(health, servers, engine, userAgent: UserAgent.text)
        probes.start()
        self.probes = probes
    }

    /// Counts what happens, and writes what changes to the log.
    private func report(to counters: WorkerCounters) {
        let place = boardIndex
        let log = UpstreamLog(upstream: settings.name)
        servers.report = { event in
            switch event {
            case .retried: counters.count(.retries, upstream: place)
            case .hedged: counters.count(.hedges, upstream: place)
            case .hedgeWon: counters.count(.hedgesWon, upstream: place)
            case .circuitOpened, .circuitClosed, .ejected, .down, .up, .serversChanged, .lookupFailed, .tlsFailed: break
            }
            log.write(event)
        }
        servers.reportSharing = { event in
            switch event {
            case .hit: counters.count(.hits, upstream: place)
            case .missed: counters.count(.misses, upstream: place)
            case .stale: counters.count(.stale, upstream: place)
            case .coalesced: counters.count(.coalesced, upstream: place)
            case .keeps(let bytes): counters.cacheKeeps(bytes: bytes, upstream: place)
            }
        }
    }
}

extension Server {
    fileprivate init(_ address: ServerAddress, weight: Int) {
        self.init(
            isSecure: address.scheme == .https, host: address.host, port: address.port, authority: address.authority,
            base: address.basePath, share: Server.Share(weight: weight))
    }
}

extension UpstreamSettings {
    /// What the configuration says of every upstream.
    init(_ limits: Limits) {
        self.init()
        connectTimeout = limits.connectTimeout
    }

    /// What the configuration says of one.
    fileprivate init(_ upstream: Upstream, _ limits: Limits) {
        self = upstream.settings
        connectTimeout = connectTimeout ?? limits.connectTimeout
    }
}
