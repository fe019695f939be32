import Foundation

/// What a test waited for did not happen within its limit.
struct WaitedInVain: Error, CustomStringConvertible {
    var description: String
}

/// The longest any test waits for one thing; the machine may be busy with other builds.
let patience: Duration = .seconds(30)

/// Looks until `condition` holds, and throws `WaitedInVain` when it does not within the limit.
func waitUntil(
    _ what: String, limit: Duration = patience, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw WaitedInVain(description: "waited in vain until \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Runs what blocks on a thread of its own, so that it never holds up the threads that async functions share.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { waiter in
        Thread.detachNewThread { waiter.resume(with: Result { try body() }) }
    }
}
