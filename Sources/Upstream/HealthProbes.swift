import FanOut
package import Loop
package import Policy
import Processes

/// Asks the servers of an upstream whether they are well: every worker offers to, and one takes each probe.
@LoopActor
package final class HealthProbes: TransferOwner {
    /// Offers in one interval, so that a probe is late by little when the worker that took the last one is gone.
    private static let offers = 4

    private let settings: HealthSettings
    private let engine: TransferEngine
    private let health: [ServerHealth]
    /// By server: on connections of its own, past gate and breaker.
    private let endpoints: [Endpoint]
    private let report: (UpstreamEvent) -> Void
    private lazy var timer = LoopTimer { [unowned self] in tick() }

    /// - Parameter cells: By server, what is known of its health.
    package init(
        _ settings: HealthSettings, _ upstream: UpstreamServers, cells: [any SharedCells], _ engine: TransferEngine,
        userAgent: String
    ) {
        self.settings = settings
        self.engine = engine
        health = cells.map(ServerHealth.init)
        var plain = UpstreamSettings()
        plain.authorities = upstream.settings.authorities
        plain.keepaliveConnections = 1
        endpoints = upstream.servers.map {
            Endpoint(UpstreamServers([$0], plain), TransferSettings(bodyLimit: 1 << 20, userAgent: userAgent))
        }
        report = { [upstream] in upstream.report($0) }
    }

    /// Begins, and goes on until the process ends.
    package func start() { tick() }

    private func tick() {
        let now = MonotonicTime.now()
        for (index, server) in health.enumerated() where server.takesProbe(settings, at: now) {
            _ = engine.start(
                endpoints[index], target: Array(settings.path.utf8), headers: nil, timeout: settings.timeout, at: now,
                owner: self, index: index)
        }
        timer.set(now + settings.interval / Self.offers)
    }

    package func settled(_ index: Int, _ result: TransferResult) {
        let isGood = if case .response(200...399, _, _) = result { true } else { false }
        switch health[index].probed(isGood: isGood, settings) {
        case .up: report(.up(server: index))
        case .down: report(.down(server: index))
        case .ejected, nil: break
        }
    }
}
