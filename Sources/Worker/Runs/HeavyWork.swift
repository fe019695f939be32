import Glibc
import Loop
import Processes

/// Work on large bodies, done beside the loop so that it does not hold small requests up.
@LoopActor
final class HeavyWork {
    /// Bytes from which on work is heavy.
    ///
    /// 64 KiB: checked and joined in about 100 µs; less is cheaper to do than to hand over.
    private static let threshold = 64 << 10
    /// Threads: those of one worker share its core with the loop, so more would gain nothing.
    private static let threads = 2

    private lazy var queue = WorkQueue(threads: Self.threads)

    /// Whether work on so many bytes is to be done here, and not at once.
    static func isHeavy(bytes: Int) -> Bool { bytes > threshold }

    /// Does the work on a thread; `then` is called on the loop.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, then: @escaping @LoopActor @Sendable (Value) -> Void
    ) {
        queue.add {
            HelperThread.yieldToOthers()
            let value = work()
            LoopActor.execute { then(value) }
        }
    }
}

/// Threads that take work from one queue, first come first served, until the process ends.
private final class WorkQueue: Sendable {
    private let work = Locked<[@Sendable () -> Void]>([])
    // Safe to share: a semaphore is made for it (sem_overview(7)), and it is never freed, as the threads never end.
    private nonisolated(unsafe) let isThere = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(threads: Int) {
        sem_init(isThere, 0, 0)
        let started = (0..<threads).count { _ in HelperThread.start("heavy work") { [self] in run() } }
        precondition(started > 0, "no thread to check large bodies on")
    }

    func add(_ job: @escaping @Sendable () -> Void) {
        work.withLock { $0.append(job) }
        sem_post(isThere)
    }

    private func run() {
        while true {
            while sem_wait(isThere) != 0 {}
            let job = work.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?()
        }
    }
}
