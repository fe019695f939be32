import CLinux
import Glibc

/// Signals of this process, blocked and read from a descriptor instead of interrupting it (signalfd(2)).
///
/// Nothing runs in a signal's context, so that no code has to be async-signal-safe: the poll loop reads what came.
package struct Signals: ~Copyable {
    /// A signal that was sent to this process.
    package struct Received: Sendable, Hashable {
        /// The signal's number, such as SIGTERM.
        package var number: Int32
        /// Who sent it; 0 when the kernel did.
        package var sender: Int32
    }

    /// Readable when a signal waits; non-blocking and close-on-exec.
    package let descriptor: Descriptor

    /// Blocks `numbers` in the calling thread and opens the descriptor that reports them.
    ///
    /// Call it before the process has a second thread, which would not inherit the mask.
    package init(blocking numbers: [Int32]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        guard sigprocmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError("block", "signals") }
        for number in numbers {
            // Whoever started us may have ignored some; an ignored SIGCHLD would take exit statuses away, wait(2).
            _ = signal(number, SIG_DFL)
        }
        let opened = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
        guard opened >= 0 else { throw SystemError("open", "signal descriptor") }
        descriptor = Descriptor(owning: opened)
    }

    /// Takes the next signal; nil when none waits.
    ///
    /// Several of one number that came together count as one, signal(7).
    package borrowing func next() throws(SystemError) -> Received? {
        let size = MemoryLayout<signalfd_siginfo>.size
        guard let bytes = try descriptor.read(upTo: size), bytes.count == size else { return nil }
        let info = bytes.withUnsafeBytes { $0.loadUnaligned(as: signalfd_siginfo.self) }
        return Received(number: Int32(bitPattern: info.ssi_signo), sender: Int32(bitPattern: info.ssi_pid))
    }

    /// Has SIGSEGV and its like end this process, also when somebody sent them and the runtime's backtrace is written.
    package static func endAfterCrashes() {
        CLinux_end_after_crash_handlers()
    }

    /// Leaves a signal that somebody sends to this process to a thread that takes it; for the calling thread, and those
    /// that it starts from here on (pthread_sigmask(3)).
    package static func leave(_ number: Int32) {
        setMask(SIG_BLOCK, number)
    }

    /// Has the calling thread take a signal that the others leave to it.
    package static func take(_ number: Int32) {
        setMask(SIG_UNBLOCK, number)
    }

    private static func setMask(_ how: Int32, _ number: Int32) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(how, &set, nil)
    }

    /// Does what SIGTSTP does to a process that has not blocked it, and returns when it goes on (signal(7)).
    ///
    /// The kernel stops no process whose group has nobody who could continue it (setpgid(2), orphaned process groups).
    package static func stopUntilContinued() {
        raise(SIGTSTP)
        setMask(SIG_UNBLOCK, SIGTSTP)
        setMask(SIG_BLOCK, SIGTSTP)
    }

    /// Ignores SIGPIPE for good, so that writing to a peer that went away is an error (EPIPE) and not the end.
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Ignores SIGHUP for good, in a child of the supervisor.
    ///
    /// When a process dies whose child is stopped and leads a process group, the kernel continues the child and sends it
    /// SIGHUP (setpgid(2), orphaned process groups). A child is to finish what it has and leave, as it does when it
    /// was running at that moment.
    package static func ignoreHangUp() {
        _ = signal(SIGHUP, SIG_IGN)
    }
}
