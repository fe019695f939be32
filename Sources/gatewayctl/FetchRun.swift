import Base
import HTTP
import Loop
import Policy
import Processes
import Upstream

/// Fetches URLs on the loop, so many at once and no more.
@LoopActor
final class FetchRun: TransferOwner {
    /// What became of one URL.
    struct Fetched: Sendable {
        var url: String
        var result: TransferResult
        var elapsed: Duration

        /// Anything but a 2xx answer.
        var isFailure: Bool {
            if case .response(let status, _, _) = result { !(200...299).contains(status) } else { true }
        }
    }

    private static let bodyLimit = 100 << 20

    private let urls: [String]
    private let timeout: Duration
    private let maxInFlight: Int
    private let progress: (String) -> Void
    private let finished: ([Fetched]) -> Void
    private let engine: TransferEngine
    private let endpoint: Endpoint
    private var fetched: [Fetched?]
    private var started: [MonotonicTime]
    private var next = 0
    private var done = 0
    private var failed = 0

    init(
        _ urls: [String], timeout: Duration, maxInFlight: Int, progress: @escaping (String) -> Void,
        finished: @escaping ([Fetched]) -> Void
    ) {
        self.urls = urls
        self.timeout = timeout
        self.maxInFlight = maxInFlight
        self.progress = progress
        self.finished = finished
        engine = TransferEngine(Names(age: .seconds(60), timeout: timeout), limit: .max)
        var settings = TransferSettings(bodyLimit: Self.bodyLimit, userAgent: "gatewayctl/\(Version.text)")
        settings.followsRedirects = true
        // Every URL is a server of its own.
        endpoint = Endpoint(UpstreamServers([], UpstreamSettings()), settings)
        fetched = Array(repeating: nil, count: urls.count)
        started = Array(repeating: MonotonicTime.now(), count: urls.count)
    }

    func start() {
        while next < urls.count, next - done < maxInFlight {
            let index = next
            next += 1
            started[index] = .now()
            guard let url = try? HTTPURL(urls[index]) else {
                settled(index, .failure(.protocol))
                continue
            }
            var order = CallOrder(endpoint, target: [], timeout: timeout, owner: self, index: index)
            order.url = url
            _ = engine.call(order, at: started[index])
        }
    }

    func settled(_ index: Int, _ result: TransferResult) {
        let one = Fetched(url: urls[index], result: result, elapsed: MonotonicTime.now().since(started[index]))
        fetched[index] = one
        done += 1
        if one.isFailure { failed += 1 }
        progress("\(done)/\(urls.count) done, \(failed) failed")
        if done == urls.count { return finished(fetched.compactMap { $0 }) }
        // Not from inside libcurl's own loop over what is done.
        if next < urls.count { LoopActor.execute { [self] in start() } }
    }
}
