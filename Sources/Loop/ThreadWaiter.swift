import CLinux
import Glibc
import NIOCore

/// Waits on a thread of its own.
@LoopActor
final class ThreadWaiter: ReadinessWaiter {
    private let waiting: Waiting

    init(epoll: CInt) {
        waiting = Waiting(epoll: epoll)
    }

    func start(_ onReady: @escaping @LoopActor @Sendable () -> Void) {
        let isStarted = HelperThread.start("readiness") { [waiting] in waiting.run(onReady) }
        precondition(isStarted, "no thread to wait for readiness with")
    }

    func resume() {
        sem_post(waiting.semaphore)
    }

    /// What the thread has.
    private struct Waiting: Sendable {
        private let epoll: CInt
        // Safe to share: a semaphore is made for it (sem_overview(7)), and it is never freed, as the thread never ends.
        nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

        init(epoll: CInt) {
            self.epoll = epoll
            semaphore = .allocate(capacity: 1)
            sem_init(semaphore, 0, 0)
        }

        func run(_ onReady: @escaping @LoopActor @Sendable () -> Void) {
            var event = epoll_event()
            while true {
                guard epoll_wait(epoll, &event, 1, -1) > 0 else { continue }
                LoopActor.loop.execute { LoopActor.assumeIsolated { onReady() } }
                while sem_wait(semaphore) != 0 {}
            }
        }
    }
}
