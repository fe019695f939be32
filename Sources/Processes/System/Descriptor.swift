import CLinux
import Glibc

/// The one owner of an open file descriptor.
///
/// It closes when it goes out of scope. It does not trap there instead: the supervisor must outlive any path that
/// forgot one, and the close has nothing to report that could be acted on (close(2): the descriptor is gone either way).
package struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as this value lives.
    ///
    /// For calls that take a descriptor; never close it through this.
    package let number: Int32

    /// Takes over the descriptor `number`, which nobody else may close from here on.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        _ = Glibc.close(number)
    }

    /// Gives the descriptor up without closing it; the caller owns the number from here on.
    package consuming func handOn() -> Int32 {
        let number = self.number
        discard self
        return number
    }

    /// Makes a second descriptor for the same open file, close-on-exec and numbered 3 or above (dup(2)).
    package borrowing func duplicate() throws(SystemError) -> Descriptor {
        let copy = Glibc.dup(number)
        guard copy >= 0 else { throw SystemError("duplicate", "descriptor \(number)") }
        let owned = Descriptor(owning: copy)
        guard CLinux_set_close_on_exec(copy) == 0 else { throw SystemError("mark close-on-exec", "descriptor \(copy)") }
        return owned
    }

    /// Makes a pipe, both ends close-on-exec (pipe2(2)); the caller owns both.
    package static func pipe() throws(SystemError) -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        guard CLinux_pipe(&ends) == 0 else { throw SystemError("open", "pipe") }
        return (ends[0], ends[1])
    }

    /// Has reads and writes return at once (O_NONBLOCK, fcntl(2)).
    package borrowing func setNonBlocking() throws(SystemError) {
        guard CLinux_set_non_blocking(number) == 0 else { throw SystemError("set flags of", "descriptor \(number)") }
    }

    /// The effective user of whoever connected to this unix socket (SO_PEERCRED, unix(7)); nil when that cannot be told.
    package borrowing func peerUser() -> UInt32? {
        UInt32(exactly: CLinux_peer_user(number))
    }

    /// Marks every descriptor of this process but 0, 1 and 2 as close-on-exec (close_range(2), Linux 5.11).
    package static func markAllCloseOnExec() throws(SystemError) {
        guard CLinux_close_on_exec_from(3) == 0 else { throw SystemError("mark close-on-exec", "all descriptors") }
    }
}

extension Descriptor {
    /// Reads once, at most `limit` bytes; nil when nothing is there yet, empty at the end (read(2)).
    package borrowing func read(upTo limit: Int) throws(SystemError) -> [UInt8]? {
        var failure: SystemError?
        let number = self.number
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let result = retryingInterrupts { Glibc.read(number, buffer.baseAddress, limit) }
            if result < 0 { failure = SystemError("read", "descriptor \(number)") }
            count = max(result, 0)
        }
        guard let failure else { return bytes }
        if failure.isWouldBlock { return nil }
        throw failure
    }

    /// Writes once and returns how many bytes were taken; nil when none can be at the moment (write(2)).
    package borrowing func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int? {
        let number = self.number
        let result = bytes.withUnsafeBytes { buffer in
            retryingInterrupts { Glibc.write(number, buffer.baseAddress, buffer.count) }
        }
        guard result < 0 else { return result }
        let failure = SystemError("write", "descriptor \(number)")
        if failure.isWouldBlock { return nil }
        throw failure
    }
}
