import Foundation
import Processes

/// The lines that a program writes to a pipe, read on a thread of their own until its end.
final class OutputLines: Sendable {
    private struct State {
        var lines: [String] = []
        var hasEnded = false
    }

    private let state = Locked(State())

    /// Reads `descriptor` until its end, and closes it.
    init(reading descriptor: Int32) {
        Thread.detachNewThread { [self] in read(descriptor) }
    }

    /// The whole lines so far, without their ends.
    var lines: [String] { state.withLock { $0.lines } }

    /// Whether every process that had the pipe open is gone.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    private func read(_ descriptor: Int32) {
        var rest: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest += chunk[..<count]
            var pieces = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = Array(pieces.removeLast())
            let lines = pieces.map { String(decoding: $0, as: UTF8.self) }
            state.withLock { $0.lines += lines }
        }
        close(descriptor)
        let last = rest
        state.withLock {
            if !last.isEmpty { $0.lines.append(String(decoding: last, as: UTF8.self)) }
            $0.hasEnded = true
        }
    }
}
