import Glibc
import Processes

/// The isolation of everything that runs on the process's one event loop.
///
/// Its executor is that loop, so code of this actor is called from readiness handlers, timers and libcurl's callbacks
/// without a hop, and the compiler keeps all else away from it: no locks anywhere.
@globalActor
package actor LoopActor {
    package static let shared = LoopActor()

    /// The one event loop, started at first use; the supervisor never touches it and stays single-threaded.
    package static let loop = EventLoop.start()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { Self.loop.asUnownedSerialExecutor() }

    /// Runs an operation on the loop, in its next turn; callable from any thread.
    package nonisolated static func execute(_ operation: @escaping @LoopActor @Sendable () -> Void) {
        loop.enqueue(operation)
    }

    /// Starts an operation on the loop and blocks the calling thread, which is not the loop's, until it says its result.
    ///
    /// - Parameter start: Calls what it is given once, at once or later.
    package nonisolated static func wait<Value: Sendable>(
        for start: @escaping @LoopActor @Sendable (@escaping @LoopActor @Sendable (Value) -> Void) -> Void
    ) -> Value {
        let result = Awaited<Value>()
        execute { start { result.set($0) } }
        return result.wait()
    }

    // The check that withoutActuallyEscaping makes counts the letters of this file's whole path, whatever -file-prefix-map
    // says, and a build would depend on the folder that it is made in.
    #sourceLocation(file:"LoopActor+isolation.swift",line:33)
    /// Runs an operation that is known to be on the loop already, as every callback of libcurl is.
    ///
    /// Traps when it is not.
    @inline(__always)
    nonisolated static func assumeIsolated<Value>(_ operation: @LoopActor () throws -> Value) rethrows -> Value {
        precondition(loop.isCurrent, "this must be called on the event loop")
        return try withoutActuallyEscaping(operation) { operation in
            // The isolation of a synchronous function is no part of its representation; the standard library's
            // MainActor.assumeIsolated does the same. The precondition above is what makes it true.
            try unsafeBitCast(operation, to: (() throws -> Value).self)()
        }
    }
    #sourceLocation()
}

/// A value that one thread waits for.
private final class Awaited<Value: Sendable>: Sendable {
    private let value = Locked<Value?>(nil)
    // Safe to share: a semaphore is made for it (sem_overview(7)). The waiting thread frees it, after the post.
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func set(_ new: Value) {
        value.withLock { $0 = new }
        sem_post(semaphore)
    }

    func wait() -> Value {
        while true {
            while sem_wait(semaphore) != 0 {}
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}
