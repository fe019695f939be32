import Configuration
import FanOut
import HTTP
import Loop
import Policy
import Processes
import Upstream

/// A batch route with what the worker made of it at start.
@LoopActor
struct BatchService {
    let route: BatchRoute
    /// Of each URL.
    let timeout: Duration
    /// For URLs of any server.
    let endpoint: Endpoint

    init(_ batch: BatchRoute, of route: Route, _ configuration: Configuration) {
        let own = OwnEndpoint(configuration.sockets.admin)
        self.route = batch
        timeout = min(batch.timeout, route.timeout)
        // Every URL is a server of its own.
        endpoint = Endpoint(
            UpstreamServers([], UpstreamSettings(configuration.limits)),
            TransferSettings(bodyLimit: configuration.limits.responseBody, userAgent: UserAgent.text),
            permits: { address, url in
                batch.allows(address, for: url)
                    && own?.mayBeReached(at: address, port: url.port, isLocal: LocalAddress.has) != true
            })
    }
}
