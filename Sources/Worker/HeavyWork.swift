import Loop
import NIOCore
import NIOPosix

/// Work on large bodies, done beside the loop so that it does not hold small requests up.
@LoopActor
final class HeavyWork {
    /// Bytes from which on work is heavy.
    ///
    /// 64 KiB: checked and joined in about 100 µs; less is cheaper to do than to hand over.
    private static let threshold = 64 << 10
    /// Threads: those of one worker share its core with the loop, so more would gain nothing.
    private static let threads = 2

    private lazy var pool = {
        let pool = NIOThreadPool(numberOfThreads: Self.threads)
        pool.start()
        return pool
    }()

    /// Whether work on so many bytes is to be done here, and not at once.
    static func isHeavy(bytes: Int) -> Bool { bytes > threshold }

    /// Does the work on a thread; `then` is called on the loop.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, then: @escaping @LoopActor @Sendable (Value) -> Void
    ) {
        pool.submit { _ in
            HelperThread.yieldToOthers()
            let value = work()
            LoopActor.loop.execute { LoopActor.assumeIsolated { then(value) } }
        }
    }
}
