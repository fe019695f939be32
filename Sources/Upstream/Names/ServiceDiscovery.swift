import Base
package import Loop
import Processes

/// Looks up the records of a service and gives its upstream the servers that they name, again and again.
///
/// Each lookup has a thread of its own, as those of `Names`. One that fails changes nothing: the servers of the last one
/// stay. Until there has been one that did not, calls wait for it.
@LoopActor
package final class ServiceDiscovery: ServerDiscovery {
    /// How long records are believed at least, and how long after a failure the next lookup is.
    private static let leastAge = Duration.seconds(1)
    /// How long a lookup may take without the other workers' forgetting the servers that this one has.
    private static let lookupTime = Duration.seconds(10)

    private let service: Service
    private weak var upstream: UpstreamServers?
    private let age: Duration
    private let timeout: Duration
    private let lookup: @Sendable (String) -> ServiceAnswer?
    /// Calls that no server is known for.
    private var waiting: [(Bool) -> Void] = []
    /// Runs out for all that wait.
    private lazy var patience = LoopTimer { [weak self] in self?.giveUp() }
    /// Whether waiting is in vain until the next lookup: this one failed, or takes too long.
    private var isHopeless = false
    /// Whether the last lookup that ended failed.
    private var hasFailed = false

    /// Begins at once, and goes on for as long as there is the upstream.
    ///
    /// - Parameters:
    ///   - age: How long records are used at most, whatever time to live they have.
    ///   - timeout: How long calls wait while no server is known.
    ///   - lookup: Finds the records of a name, or nil; blocks, on a thread of its own.
    @discardableResult
    package init(
        _ service: Service, for upstream: UpstreamServers, age: Duration, timeout: Duration,
        lookup: @escaping @Sendable (String) -> ServiceAnswer? = ServiceLookup.records(of:)
    ) {
        self.service = service
        self.upstream = upstream
        self.age = age
        self.timeout = timeout
        self.lookup = lookup
        upstream.discovery = self
        look()
    }

    /// Calls back when there are servers, or with false when the lookup fails or takes too long; at once when it has
    /// failed and the next one is not on its way.
    func whenKnown(_ completion: @escaping (Bool) -> Void) {
        guard !isHopeless else { return completion(false) }
        waiting.append(completion)
        if waiting.count == 1 { patience.set(.now() + timeout) }
    }

    private func look() {
        isHopeless = false
        let isStarted = HelperThread.start("srv lookup") { [lookup, service] in
            let answer = lookup(service.name)
            LoopActor.execute { self.finish(answer) }
        }
        // No thread is no answer.
        if !isStarted { LoopActor.execute { [self] in finish(nil) } }
    }

    private func finish(_ answer: ServiceAnswer?) {
        guard let upstream else { return tell(false) }
        let servers = answer.map { service.servers($0.records) } ?? []
        var next = min(Self.leastAge, age)
        if let answer, !servers.isEmpty {
            next = min(max(.seconds(Int64(answer.secondsToLive)), Self.leastAge), age)
            hasFailed = false
            isHopeless = false
            upstream.replace(by: servers)
            tell(true)
        } else {
            if !hasFailed { upstream.report(.lookupFailed) }
            hasFailed = true
            isHopeless = true
            tell(false)
        }
        upstream.keepServers(for: next + Self.lookupTime)
        LoopTimer.once(at: .now() + next) { [weak self] in self?.look() }
    }

    private func giveUp() {
        isHopeless = true
        tell(false)
    }

    private func tell(_ isKnown: Bool) {
        patience.cancel()
        let waiting = self.waiting
        self.waiting = []
        for completion in waiting { completion(isKnown) }
    }
}
