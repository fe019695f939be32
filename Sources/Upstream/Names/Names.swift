package import Base
package import Loop
package import Policy
import Processes

/// The addresses of names, looked up beside the loop and kept for a while.
///
/// libcurl is handed addresses and resolves nothing itself: removing a handle whose name it still resolves waits for its
/// resolver's thread, and with it the whole loop (curl#8515). Each lookup here has a thread of its own, so that one that
/// hangs delays no other, and each name has one lookup at a time, whoever waits for it.
@LoopActor
package final class Names {
    /// Who waits for a name.
    package typealias Completion = (Result<[IPAddress], Failure>) -> Void

    /// Lookups at a time; each is a thread.
    ///
    /// 64: more than a page has calls, and no burden to the system.
    package static let concurrency = 64
    /// Names that are kept: several times what configurations have, and a bound to what callers of a batch can fill.
    package static let capacity = 4096

    private struct Pending {
        /// None: the name is only refreshed, or all have been told that it takes too long.
        var completions: [Completion] = []
        /// Runs out for all that wait.
        var timer: LoopTimer?
    }

    private let timeout: Duration
    private let lookup: @Sendable (String) -> [IPAddress]?
    private let now: () -> MonotonicTime
    private var cache: NameCache
    /// By name: the lookups that run or wait for a thread.
    private var pending: [String: Pending] = [:]
    private var running = 0
    /// The names that wait for a thread, first come first served.
    private var queue: [String] = []

    /// - Parameters:
    ///   - age: How long the addresses of a name are used; a name in steady use is looked up again in the last quarter.
    ///   - timeout: How long one may wait for a lookup, the wait for a thread included.
    ///   - lookup: Finds the addresses of a name, or nil; blocks, on a thread of its own.
    ///   - now: The clock of the cache.
    package init(
        age: Duration, timeout: Duration,
        lookup: @escaping @Sendable (String) -> [IPAddress]? = NameLookup.addresses(of:),
        now: @escaping () -> MonotonicTime = MonotonicTime.now
    ) {
        self.timeout = timeout
        self.lookup = lookup
        self.now = now
        cache = NameCache(age: age, capacity: Self.capacity)
    }

    /// The addresses of a name that is known and not too old, or of an address in text, without brackets.
    ///
    /// Names differ by their case here, so the caller writes them in one.
    package func known(_ host: String) -> [IPAddress]? {
        switch cache.find(host, at: now()) {
        case .known(let addresses):
            return addresses
        case .aging(let addresses):
            if pending[host] == nil { begin(host) }
            return addresses
        case .failed, .unknown:
            return IPAddress(host).map { [$0] }
        }
    }

    /// The addresses of a name, never none, in the order in which to try them.
    ///
    /// Calls back at once when they are known or the last lookup failed within a second, else later on the loop; fails
    /// as `dns`.
    package func addresses(of host: String, then completion: @escaping Completion) {
        if let addresses = known(host) { return completion(.success(addresses)) }
        if cache.find(host, at: now()) == .failed { return completion(.failure(.dns)) }
        if pending[host] == nil { begin(host) }
        pending[host]?.completions.append(completion)
        guard pending[host]?.timer == nil else { return }
        let timer = LoopTimer { [self] in giveUp(host) }
        timer.set(.now() + timeout)
        pending[host]?.timer = timer
    }

    private func begin(_ host: String) {
        pending[host] = Pending()
        queue.append(host)
        startLookups()
    }

    private func startLookups() {
        while running < Self.concurrency, !queue.isEmpty {
            let host = queue.removeFirst()
            running += 1
            let isStarted = HelperThread.start("name lookup") { [lookup] in
                let addresses = lookup(host)
                LoopActor.execute { self.finish(host, addresses) }
            }
            // No thread is no answer; those who wait are told later, as they were promised.
            if !isStarted { LoopActor.execute { [self] in finish(host, nil) } }
        }
    }

    private func finish(_ host: String, _ addresses: [IPAddress]?) {
        running -= 1
        cache.store(host, addresses, at: now())
        let pending = pending.removeValue(forKey: host)
        pending?.timer?.cancel()
        startLookups()
        for completion in pending?.completions ?? [] { completion(addresses.map { .success($0) } ?? .failure(.dns)) }
    }

    /// Tells all who wait that it takes too long; the answer of a lookup that runs is still taken when it comes.
    private func giveUp(_ host: String) {
        let completions = pending[host]?.completions ?? []
        cache.store(host, nil, at: now())
        if let place = queue.firstIndex(of: host) {
            queue.remove(at: place)
            pending[host] = nil
        } else {
            pending[host] = Pending()
        }
        for completion in completions { completion(.failure(.dns)) }
    }
}
