import Access
import Base
import FanOut
import HTTP
import Loop
import Policy
import Processes
import Scoreboard
import Telemetry
import Tokens
import Upstream

/// The tokens of routes with one rule: the keys as they are now, and what was verified with them.
///
/// Keys from afar are asked for at the start, then from time to time, and when a token names one that is not known. The
/// last good ones stay in use while no better are to be had.
@LoopActor
final class TokenService: TransferOwner {
    enum Verdict {
        /// Let in, with the request as upstreams may see it.
        case known(Request)
        case missing
        case refused(TokenError)
        /// There are no keys to judge with.
        case unavailable
    }

    /// Bytes of a JWK set.
    private static let bodyLimit = 1 << 20
    private static let timeout = Duration.seconds(5)
    /// From an answer about keys to the next question that follows a failure or a token: a caller may name keys at will.
    private static let pause = Duration.seconds(5)

    let rule: TokenRule
    private let verifier: TokenVerifier
    private var keys: KeySet?
    /// The text that the keys were read from.
    private var text: [UInt8] = []
    private var remembered = RememberedTokens()
    private let endpoint: Endpoint?
    private var engine: (any CallEngine)?
    private var isFetching = false
    private var lastAnswer: MonotonicTime?
    private var fails = false
    /// What waits for keys that are on their way.
    private var waiting: [() -> Void] = []
    private lazy var timer = LoopTimer { [unowned self] in fetch() }

    /// - Parameter servers: Of the upstream that has the keys; nil where they are in the configuration.
    init(_ rule: TokenRule, _ servers: UpstreamServers?) {
        self.rule = rule
        verifier = TokenVerifier(rule)
        endpoint = servers.map { Endpoint($0, TransferSettings(bodyLimit: Self.bodyLimit, userAgent: UserAgent.text)) }
        // The supervisor has read it before.
        if case .text(let text) = rule.source { keys = try? KeySet(text) }
    }

    /// Begins to ask for keys that are not in the configuration.
    func start(_ engine: any CallEngine) {
        self.engine = engine
        fetch()
    }

    // MARK: Tokens

    /// Judges a request, at once where the keys for it are known.
    func judge(_ request: Request, _ done: @escaping (Verdict) -> Void) {
        guard let token = rule.token(of: request.fields) else { return done(.missing) }
        let verdict = verdict(request, token)
        switch verdict {
        // It may be of a key that is new.
        case .unavailable, .refused(.unknownKey):
            if awaitKeys({ [self] in done(self.verdict(request, token)) }) { return }
        case .known, .missing, .refused: break
        }
        done(verdict)
    }

    /// By the keys that are there now.
    private func verdict(_ request: Request, _ token: Substring) -> Verdict {
        let now = Int64(WallTime.nanoseconds() / 1_000_000_000)
        if let known = remembered.find(token, at: now) { return .known(admitted(request, known)) }
        guard let keys else { return .unavailable }
        do throws(TokenError) {
            let verified = try verifier.verify(token, with: keys, at: now)
            remembered.remember(verified, for: token)
            return .known(admitted(request, verified))
        } catch {
            return .refused(error)
        }
    }

    private func admitted(_ request: Request, _ token: VerifiedToken) -> Request {
        request.with(rule.fields(request.fields, saying: token.claims), keyName: nil)
    }

    // MARK: Keys

    /// Calls `then` when keys have come or failed to; false when none are asked for now.
    private func awaitKeys(_ then: @escaping () -> Void) -> Bool {
        if !isFetching {
            guard engine != nil, endpoint != nil else { return false }
            if let lastAnswer, MonotonicTime.now().since(lastAnswer) < Self.pause { return false }
            fetch()
        }
        waiting.append(then)
        return true
    }

    private func fetch() {
        guard let engine, let endpoint, !isFetching, case .upstream(_, let target) = rule.source else { return }
        isFetching = true
        _ = engine.call(
            CallOrder(endpoint, target: Array(target.utf8), timeout: Self.timeout, owner: self), at: .now())
    }

    func settled(_ index: Int, _ result: TransferResult) {
        isFetching = false
        switch result {
        case .response(200, let body, _): take(body)
        case .response(let status, _, _): failed("status \(status)")
        case .failure(let failure): failed(failure.name)
        }
        let now = MonotonicTime.now()
        lastAnswer = now
        timer.set(now + (fails ? min(rule.refresh, Self.pause) : rule.refresh))
        let waiting = self.waiting
        self.waiting = []
        for waiter in waiting { waiter() }
    }

    private func take(_ body: [UInt8]) {
        do throws(KeySetError) {
            guard body != text else { return recovered() }
            keys = try KeySet(body)
            text = body
            // A key that is gone vouches for nothing any more.
            remembered.forgetAll()
            recovered()
        } catch {
            failed(error.message)
        }
    }

    private func recovered() {
        guard fails else { return }
        fails = false
        WorkerLog.write("jwks_fetched", .info) { $0.add("path", path) }
    }

    /// Written once until it works again.
    private func failed(_ why: String) {
        guard !fails else { return }
        fails = true
        WorkerLog.write("jwks_fetch_failed", .warning) {
            $0.add("path", path)
            $0.add("reason", why)
        }
    }

    private var path: String {
        if case .upstream(_, let target) = rule.source { target } else { "" }
    }
}

/// The token services of all routes: one for those with the same rule.
@LoopActor
struct TokenServices {
    private let upstreams: [UpstreamService]
    private(set) var all: [TokenService] = []

    init(_ upstreams: [UpstreamService]) {
        self.upstreams = upstreams
    }

    /// Who judges the tokens of a route; nil where it takes none.
    mutating func service(for route: Route) -> TokenService? {
        guard let rule = route.access?.tokens else { return nil }
        if let service = all.first(where: { $0.rule == rule }) { return service }
        let servers: UpstreamServers? =
            if case .upstream(let index, _) = rule.source { upstreams[index].servers } else { nil }
        let service = TokenService(rule, servers)
        all.append(service)
        return service
    }
}
