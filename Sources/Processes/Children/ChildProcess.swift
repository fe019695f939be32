import CLinux
import Glibc

/// A child process of ours, held by its pidfd so that neither a signal nor a wait can hit a reused process id.
package final class ChildProcess {
    /// The process id; another process may carry it once `reap()` has returned a status.
    package let pid: Int32

    /// Readable when the process has ended (pidfd_open(2)).
    package let descriptor: Descriptor

    /// Opens the pidfd of a child that was started and not yet waited for.
    package init(pid: Int32) throws(SystemError) {
        let opened = CLinux_pidfd_open(pid)
        guard opened >= 0 else { throw SystemError("open", "process \(pid)") }
        self.pid = pid
        descriptor = Descriptor(owning: opened)
    }

    /// Takes over a child of the program that ran in this process before, with its pidfd.
    package init(pid: Int32, adopting descriptor: Int32) throws(SystemError) {
        guard CLinux_set_close_on_exec(descriptor) == 0 else {
            throw SystemError("use as process", "descriptor \(descriptor)")
        }
        self.pid = pid
        self.descriptor = Descriptor(owning: descriptor)
    }

    /// Sends a signal (pidfd_send_signal(2)); one that has ended is left alone without an error.
    package func signal(_ number: Int32) throws(SystemError) {
        guard CLinux_pidfd_send_signal(descriptor.number, number) != 0, errno != ESRCH else { return }
        throw SystemError("send \(signalName(number)) to", "process \(pid)")
    }

    /// Takes the exit status once the process has ended; nil while it runs (waitid(2)).
    ///
    /// What it started and left in its process group is killed: a `swift-backtrace` that reads the memory of a process
    /// which was killed meanwhile waits for ever.
    package func reap() throws(SystemError) -> ProcessExit? {
        // Before it is reaped, while nobody else can get its id.
        if hasEnded { _ = kill(-pid, SIGKILL) }
        var code: Int32 = 0
        var status: Int32 = 0
        let result = retryingInterrupts { CLinux_reap(descriptor.number, &code, &status) }
        guard result >= 0 else { throw SystemError("wait for", "process \(pid)") }
        guard result > 0 else { return nil }
        return code == Int32(CLD_EXITED) ? .exited(status) : .signaled(status)
    }

    /// A pidfd is readable from the end of its process on, pidfd_open(2).
    private var hasEnded: Bool {
        var end = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return poll(&end, 1, 0) == 1
    }
}
