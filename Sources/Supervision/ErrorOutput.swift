package import Processes

/// What a child writes to standard error: passed on line by line, and the end of it kept for the report of its death.
///
/// The child writes into a pipe and not into the supervisor's own standard error, so that a backtrace does not break
/// the lines of the log. The pipe is always read, so that no child waits for it.
package final class ErrorOutput {
    /// Bytes that are kept.
    private static let kept = 2_048
    /// Bytes that are read in one go.
    private static let piece = 16 << 10
    /// Bytes of a line, after which it is passed on in parts.
    private static let line = 2_048

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
        while !hasEnded, let piece = try? descriptor.read(upTo: Self.piece) {
            hasEnded = piece.isEmpty
            tail = (tail + piece).suffix(Self.kept)
            rest += piece
            passOnLines(passOn)
            if piece.count < Self.piece { break }
        }
        if hasEnded, !rest.isEmpty { passOnRest(passOn) }
    }

    private func passOnLines(_ passOn: (String) -> Void) {
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            passOn(String(decoding: rest[...end], as: UTF8.self))
            rest.removeFirst(end + 1)
        }
        if rest.count > Self.line { passOnRest(passOn) }
    }

    private func passOnRest(_ passOn: (String) -> Void) {
        passOn(String(decoding: rest, as: UTF8.self) + "\n")
        rest = []
    }

    /// The last that was written, as text.
    package var lastWords: String { String(decoding: tail, as: UTF8.self) }
}
