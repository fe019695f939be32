import Base
import CLinux
import Glibc
import Processes
import Synchronization

/// The event loop of a process: one thread that waits for descriptors and timers, and runs what other threads hand it.
///
/// A turn is: what descriptors are ready for, then timers that are due, then operations that were handed in before it.
/// Nothing in a turn is done twice, so no kind of work keeps the others waiting.
package final class EventLoop: SerialExecutor {
    private enum Job: Sendable {
        case operation(@LoopActor @Sendable () -> Void)
        case task(UnownedJob)
    }

    private let jobs = Locked<[Job]>([])
    /// An eventfd that ends the wait when another thread has handed something in.
    private let bell: CInt
    /// The loop's thread, 0 before it runs (pthread_self(3) is no 0).
    private let thread = Atomic<UInt>(0)

    private init(bell: CInt) {
        self.bell = bell
    }

    /// Starts the loop on a thread of its own, which never ends.
    static func start() -> EventLoop {
        let bell = CLinux_eventfd()
        precondition(bell >= 0, "eventfd: \(String(cString: strerror(errno)))")
        let loop = EventLoop(bell: bell)
        precondition(HelperThread.start("loop") { loop.run() }, "no thread to run the event loop on")
        return loop
    }

    /// Whether the calling thread is the loop's.
    package var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    // MARK: From any thread

    func enqueue(_ operation: @escaping @LoopActor @Sendable () -> Void) {
        add(.operation(operation))
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        add(.task(UnownedJob(job)))
    }

    package func checkIsolated() {
        precondition(isCurrent, "this must be called on the event loop")
    }

    private func add(_ job: Job) {
        let isFirst = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        // The loop looks before it waits, and whoever was first has woken it.
        guard isFirst, !isCurrent else { return }
        var one: UInt64 = 1
        _ = Glibc.write(bell, &one, 8)
    }

    // MARK: On the loop

    private func run() {
        thread.store(pthread_self(), ordering: .relaxed)
        // The supervisor sends it when the loop hangs, and wants to see where.
        Signals.take(SIGABRT)
        LoopActor.assumeIsolated {
            let readiness = Readiness.shared
            let timers = TimerHeap.shared
            precondition(readiness.add(bell, .readable, Bell()), "an epoll set takes an eventfd")
            while true {
                let hasJobs = jobs.withLock { !$0.isEmpty }
                readiness.handle(until: hasJobs ? MonotonicTime(nanoseconds: 0) : timers.next)
                timers.fire(at: .now())
                runJobs()
            }
        }
    }

    @LoopActor
    private func runJobs() {
        let batch = jobs.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        for job in batch {
            switch job {
            case .operation(let operation): operation()
            case .task(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            }
        }
    }
}

/// Empties the eventfd, whose count says nothing that the queue does not.
private final class Bell: ReadinessHandler {
    func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
