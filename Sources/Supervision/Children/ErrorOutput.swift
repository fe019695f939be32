package import Processes

/// What a child writes to standard error: passed on line by line, and the end of it kept for the report of its death.
///
/// The child writes into a pipe and not into the supervisor's own standard error, so that a backtrace does not break
/// the lines of the log. The pipe is always read, so that no child waits for it. A child's end closes the pipe before its
/// pidfd tells, so this value stays until the report is made.
package final class ErrorOutput {
    /// Bytes that are kept.
    private static let kept = 2_048
    /// Bytes that are read in one go.
    private static let piece = 16 << 10
    /// Goes in one call, together what a pipe holds, pipe(7): a child that never stops writing must not keep the loop
    /// from the others.
    private static let pieces = 4
    /// Bytes of a line, after which it is passed on in parts.
    ///
    /// What is no UTF-8 becomes U+FFFD, three bytes for one, and has to fit a line of the log with its end.
    private static let line = (SupervisionLimits.logLine - 1) / 3

    /// Readable when there is something.
    package let descriptor: Descriptor
    private var rest: [UInt8] = []
    private var tail: [UInt8] = []
    /// Whether nobody can write any more.
    package private(set) var hasEnded = false

    private init(_ number: Int32) {
        descriptor = Descriptor(owning: number)
    }

    /// Takes over the reading end of the program that ran in this process before.
    package convenience init(adopting number: Int32) {
        self.init(number)
    }

    /// Makes a pipe ; `writer` is the end for the child, which the caller closes once the child has it.
    package static func pipe() throws(SystemError) -> (reader: ErrorOutput, writer: Int32) {
        let ends = try Descriptor.pipe()
        let reader = ErrorOutput(ends.reader)
        let writer = Descriptor(owning: ends.writer)
        try reader.descriptor.setNonBlocking()
        return (reader, writer.handOn())
    }

    /// Reads what is there, and hands on whole lines, each with its end.
    package func read(_ passOn: (String) -> Void) {
        for _ in 0..<Self.pieces where !hasEnded {
            do throws(SystemError) {
                guard let piece = try descriptor.read(upTo: Self.piece) else { return }
                hasEnded = piece.isEmpty
                tail = (tail + piece).suffix(Self.kept)
                rest += piece
            } catch {
                // It would be reported as readable again and again.
                hasEnded = true
            }
            passOnLines(passOn)
        }
    }

    private func passOnLines(_ passOn: (String) -> Void) {
        var start = 0
        for (index, byte) in rest.enumerated() {
            if byte == UInt8(ascii: "\n") {
                pass(start..<index, on: passOn)
                start = index + 1
            } else if index - start == Self.line {
                pass(start..<index, on: passOn)
                start = index
            }
        }
        if hasEnded, start < rest.count {
            pass(start..<rest.count, on: passOn)
            start = rest.count
        }
        rest.removeFirst(start)
    }

    private func pass(_ line: Range<Int>, on passOn: (String) -> Void) {
        passOn(String(decoding: rest[line], as: UTF8.self) + "\n")
    }

    /// The last that was written, as text.
    package var lastWords: String { String(decoding: tail, as: UTF8.self) }
}
