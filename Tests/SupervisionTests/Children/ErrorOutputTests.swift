import Glibc
import Testing

@testable import Supervision

/// What a child writes to standard error, from the pipe to the log.
@Suite struct ErrorOutputTests {
    private let reader: ErrorOutput
    private let writer: Int32

    init() throws {
        (reader, writer) = try ErrorOutput.pipe()
    }

    private func write(_ bytes: [UInt8]) {
        #expect(Glibc.write(writer, bytes, bytes.count) == bytes.count)
    }

    private func read() -> [String] {
        var lines: [String] = []
        reader.read { lines.append($0) }
        return lines
    }

    @Test("a line is passed on when it is whole, or when nobody can write its rest")
    func lines() {
        write(Array("one\ntwo\nth".utf8))
        #expect(read() == ["one\n", "two\n"])
        write(Array("ree\nend".utf8))
        #expect(read() == ["three\n"])
        close(writer)
        #expect(read() == ["end\n"])
        #expect(reader.hasEnded && read().isEmpty)
        #expect(reader.lastWords == "one\ntwo\nthree\nend", "they outlive the pipe")
    }

    @Test("a long line is passed on in parts that each fit a line of the log, also when it is no text")
    func longLine() {
        for byte in [UInt8(ascii: "x"), 0xFF] {
            write([UInt8](repeating: byte, count: 10_000) + Array("\nnext\n".utf8))
            let lines = read()
            #expect(lines.allSatisfy { $0.utf8.count <= SupervisionLimits.logLine && $0.hasSuffix("\n") })
            #expect(lines.reduce(0) { $0 + $1.unicodeScalars.count - 1 } == 10_004)
            #expect(lines.last == "next\n")
        }
        close(writer)
    }

    @Test("one look takes no more than a pipe holds, so that a child that never stops writing keeps nobody waiting")
    func flood() throws {
        var lines = 0
        reader.read { _ in
            // As long as it is read it is written to.
            lines += 1
            write(Array("more\n".utf8))
        }
        write([UInt8](repeating: UInt8(ascii: "\n"), count: 16 << 10))
        reader.read { _ in
            lines += 1
            write(Array("\n".utf8))
        }
        #expect(lines > 0 && lines <= (64 << 10))
        close(writer)
    }
}
