import CLinux
import Glibc

/// A thread beside the loop, for what would block it.
///
/// It reports by `LoopActor.loop.execute`, and takes no signal that is sent to the process: those are the main thread's.
package enum HelperThread {
    /// Not blocked in any thread: a fault whose signal is blocked ends the process with no handler before, and so with no
    /// backtrace (signal(7)); SIGPROF is how Swift's handler stops the other threads meanwhile.
    private static let unblocked = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGPROF]

    /// Starts a thread that ends with its body; false when the system has no room for one.
    ///
    /// - Parameter name: As ps and top show it, 15 bytes at most.
    package static func start(_ name: StaticString, _ body: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(ThreadBody(name: name, run: body))
        // A thread begins with the mask of the one that makes it, so that not even its first moment takes a signal.
        var blocked = sigset_t()
        var before = sigset_t()
        sigfillset(&blocked)
        for number in unblocked { sigdelset(&blocked, number) }
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().begin() }
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Lets the loop and all others go before the calling thread where both want the core (sched(7)).
    package static func yieldToOthers() {
        CLinux_yield_to_others()
    }
}

private final class ThreadBody: Sendable {
    private let name: StaticString
    private let run: @Sendable () -> Void

    init(name: StaticString, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }

    func begin() {
        name.withUTF8Buffer { name in
            _ = name.withMemoryRebound(to: CChar.self) { $0.baseAddress.map(CLinux_set_name) }
        }
        run()
    }
}
