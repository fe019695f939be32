import Glibc

/// What log lines are written to: a file that is added to, or a descriptor that was there from the start.
package final class LogFile: Sendable {
    /// For calls that take a descriptor; never close it through this.
    package let number: Int32
    private let isOurs: Bool

    /// Standard output or standard error.
    package init(standard number: Int32) {
        self.number = number
        isOurs = false
    }

    /// Opens a file for adding to its end, and makes it where it is not there (open(2)): mode 0640 without the umask.
    ///
    /// Each write goes to what is the end then, also when several processes write (O_APPEND). What can be full, such as a
    /// FIFO, is not waited for.
    package init(path: String) throws(SystemError) {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        number = retryingInterrupts { open(path, flags, 0o640) }
        isOurs = true
        guard number >= 0 else { throw SystemError("open", path) }
    }

    deinit {
        if isOurs, number >= 0 { close(number) }
    }

    /// Whether it goes to systemd's journal: `JOURNAL_STREAM` names that by device and inode (systemd.exec(5)).
    package var isJournal: Bool {
        guard let name = Environment.value("JOURNAL_STREAM") else { return false }
        var status = stat()
        guard fstat(number, &status) == 0 else { return false }
        return name == "\(status.st_dev):\(status.st_ino)"
    }

    package var isTerminal: Bool { isatty(number) == 1 }

    /// Writes one line, or drops it and says false when nobody takes it now: no reader may stop who writes.
    ///
    /// Descriptors are shared with other processes, so that their flags are left alone. A pipe that poll(2) reports as
    /// writable takes up to PIPE_BUF bytes without waiting, pipe(7).
    package func writeNow(_ line: [UInt8]) -> Bool {
        var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
        return write(number, line, line.count) == line.count
    }
}
