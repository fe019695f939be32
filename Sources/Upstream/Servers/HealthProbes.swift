import Base
package import Loop
package import Policy
import Processes

/// Asks the servers of an upstream whether they are well: every worker offers to, and one takes each probe.
@LoopActor
package final class HealthProbes {
    /// Offers in one interval, so that a probe is late by little when the worker that took the last one is gone.
    private static let offers = 4

    private let settings: HealthSettings
    private let engine: any CallEngine
    private let upstream: UpstreamServers
    private let userAgent: String
    /// By server.
    private var probes: [Probe] = []
    private lazy var timer = LoopTimer { [unowned self] in tick() }

    package init(
        _ settings: HealthSettings, _ upstream: UpstreamServers, _ engine: any CallEngine, userAgent: String
    ) {
        self.settings = settings
        self.engine = engine
        self.upstream = upstream
        self.userAgent = userAgent
    }

    /// Begins, and goes on until the process ends.
    package func start() { tick() }

    private func tick() {
        let now = MonotonicTime.now()
        if !probes.map(\.server).elementsEqual(upstream.servers, by: ===) { follow() }
        for probe in probes where probe.server.health.takesProbe(settings, at: now) {
            let order = CallOrder(
                probe.endpoint, target: Array(settings.path.utf8), timeout: settings.timeout, owner: probe)
            _ = engine.call(order, at: now)
        }
        timer.set(now + settings.interval / Self.offers)
    }

    /// Probes the servers that the upstream has now.
    private func follow() {
        let before = probes
        probes = upstream.servers.map { server in
            before.first { $0.server === server } ?? Probe(server, settings, upstream, userAgent: userAgent)
        }
        for probe in before where !probes.contains(where: { $0 === probe }) { probe.endpoint.upstream.retire() }
    }
}

/// The probes of one server, on connections of their own, past gate and breaker.
@LoopActor
private final class Probe: TransferOwner {
    let server: ServerState
    let endpoint: Endpoint
    private let settings: HealthSettings
    private let upstream: UpstreamServers

    init(_ server: ServerState, _ settings: HealthSettings, _ upstream: UpstreamServers, userAgent: String) {
        self.server = server
        self.settings = settings
        self.upstream = upstream
        var plain = UpstreamSettings()
        plain.tls = upstream.settings.tls
        plain.keepalive.connections = 1
        endpoint = Endpoint(
            UpstreamServers([server.server], plain), TransferSettings(bodyLimit: 1 << 20, userAgent: userAgent))
    }

    func settled(_ index: Int, _ result: TransferResult) {
        let isGood = if case .response(200...399, _, _) = result { true } else { false }
        switch server.health.probed(isGood: isGood, settings) {
        case .up: upstream.report(.up(server.server.url))
        case .down: upstream.report(.down(server.server.url))
        case .ejected, nil: break
        }
    }
}
