import Base
import HTTP
import Loop
import Policy
import Processes
import Testing

@testable import Upstream

/// Calls of one upstream with a fake lane: fetches begin, and end when the test says how.
@LoopActor
final class Shared {
    /// A fetch that began, as it was ordered.
    final class Fetched {
        let caller: String
        let order: CallOrder

        init(caller: String, order: consuming CallOrder) {
            self.caller = caller
            self.order = order
        }
    }

    /// One who called, and what it was told.
    final class Caller: TransferOwner {
        private(set) var results: [TransferResult] = []
        var onSettled: () -> Void = {}

        /// The bodies of answers that it was told.
        var bodies: [String] {
            results.compactMap {
                if case .response(_, let body, _) = $0 { String(decoding: body, as: UTF8.self) } else { nil }
            }
        }

        func settled(_ index: Int, _ result: TransferResult) {
            results.append(result)
            onSettled()
        }
    }

    let calls: SharedCalls
    private(set) var fetches: [Fetched] = []
    private(set) var cancelled: [Int] = []
    private(set) var events: [SharingEvent] = []
    private let endpoint: Endpoint

    init(coalesces: Bool = true, cache: CacheSettings? = nil) throws {
        var settings = UpstreamSettings()
        settings.sharing.coalesces = coalesces
        settings.sharing.cache = cache
        settings.deadlineField = "X-Deadline"
        calls = try #require(SharedCalls(settings))
        endpoint = Endpoint(UpstreamServers([], settings), TransferSettings(bodyLimit: 100, userAgent: ""))
        calls.report = { [unowned self] in events.append($0) }
    }

    func count(_ event: SharingEvent) -> Int { events.count { $0 == event } }

    /// Begins a call of the target `/`.
    func call(
        _ name: String, _ owner: Caller, fields: String = "", timeout: Duration = .seconds(60),
        at now: MonotonicTime = .now()
    ) throws -> SharedCall {
        var order = CallOrder(endpoint, target: Array("/".utf8), timeout: timeout, owner: owner)
        if !fields.isEmpty { order.message = OutgoingMessage(method: "GET", fields: Array(fields.utf8)) }
        let key = CallKey(order)
        return calls.start(try #require(key), order, at: now) { [self] order, _ in
            let place = fetches.count
            fetches.append(Fetched(caller: name, order: order))
            return { [self] in cancelled.append(place) }
        }
    }

    /// Ends the fetch at this place of those that began.
    func end(_ place: Int, _ result: TransferResult) {
        fetches[place].order.owner?.settled(fetches[place].order.index, result)
    }

    nonisolated static func answer(_ status: Int = 200, _ body: String = "1", _ fields: (String, String)...)
        -> TransferResult
    {
        var collected = HeaderFields()
        for (name, value) in fields { collected.append(name, value) }
        return .response(status: status, body: Array(body.utf8), fields: collected)
    }
}

/// Lets the loop have turns until this holds; the suite's time limit is the bound.
@LoopActor
func until(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}
