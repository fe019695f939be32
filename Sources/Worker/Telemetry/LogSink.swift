import Atomics
import Dispatch
import Glibc
import Processes

/// Writes bytes to a file from a queue of its own, which may have to wait for the reader.
final class LogSink: Sendable {
    private let file: LogFile
    private let queue = DispatchQueue(label: "log")
    private let waiting = ManagedAtomic(0)
    private let lost = ManagedAtomic(0)

    init(_ file: LogFile) {
        self.file = file
    }

    /// Bytes that were given and not yet written.
    var waitingBytes: Int { waiting.load(ordering: .relaxed) }

    /// The lines that could not be written since this was asked for last.
    func takeLost() -> Int { lost.exchange(0, ordering: .relaxed) }

    /// Writes whole lines, in the order in which they were given.
    func write(_ lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        waiting.wrappingIncrement(by: lines.count, ordering: .relaxed)
        queue.async { [self] in
            let unwritten = Self.write(lines, to: file.number)
            if !unwritten.isEmpty {
                lost.wrappingIncrement(by: unwritten.count { $0 == UInt8(ascii: "\n") }, ordering: .relaxed)
            }
            waiting.wrappingDecrement(by: lines.count, ordering: .relaxed)
        }
    }

    /// Waits until all is written, but no longer than a second: a reader that stands must not hold up the exit.
    func finish() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + 1)
    }

    /// Returns what could not be written.
    ///
    /// Several processes share the descriptor: on a pipe only writes up to PIPE_BUF stay whole (pipe(7)).
    private static func write(_ lines: [UInt8], to descriptor: CInt) -> ArraySlice<UInt8> {
        var rest = lines[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Int(PIPE_BUF))
            let end = chunk.count == rest.count ? nil : chunk.lastIndex(of: UInt8(ascii: "\n"))
            var piece = end.map { rest[...$0] } ?? chunk
            while !piece.isEmpty {
                let count = piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 {
                    // A non-blocking descriptor that is full: wait for its reader. Any other error: nobody reads.
                    guard errno == EINTR || errno == EAGAIN else { return rest }
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, 1000)
                    continue
                }
                piece = piece.dropFirst(count)
                rest = rest.dropFirst(count)
            }
        }
        return rest
    }
}
