package import NIOCore
import NIOPosix

/// The isolation of everything that runs on the process's one event loop.
///
/// Its executor is that loop, so code of this actor is called from NIO's handlers and from libcurl's callbacks without
/// a hop, and the compiler keeps all else away from it: no locks anywhere.
@globalActor
package actor LoopActor {
    package static let shared = LoopActor()

    /// The one event loop, started at first use; the supervisor never touches it and stays single-threaded.
    package static let loop: any EventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        Self.loop.executor.asUnownedSerialExecutor()
    }

    /// Runs an operation that is known to be on the loop already, as every callback of NIO and libcurl is.
    ///
    /// Traps when it is not.
    @inlinable @inline(__always)
    package nonisolated static func assumeIsolated<Value>(_ operation: @LoopActor () throws -> Value) rethrows -> Value
    {
        loop.preconditionInEventLoop()
        return try withoutActuallyEscaping(operation) { operation in
            // The isolation of a synchronous function is no part of its representation; the standard library's
            // MainActor.assumeIsolated does the same. The precondition above is what makes it true.
            try unsafeBitCast(operation, to: (() throws -> Value).self)()
        }
    }
}
