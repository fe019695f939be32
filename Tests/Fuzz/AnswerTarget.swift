@testable import Base
@testable import FanOut
@testable import HTTP
@testable import JSON

/// What must hold of the answer parser for any bytes that a server sends; `ReadAnswer` has a part of it.
enum AnswerTarget {
    /// The corpus of odd answers.
    static var seeds: [(name: String, bytes: [UInt8])] {
        OddAnswer.all.filter { $0.bytes.count <= 4_096 }.enumerated().map { ("odd-\($0)", $1.bytes) }
    }

    /// An answer is the same in any pieces, and ends with the byte that completes it and no other.
    static func run(_ text: UnsafeBufferPointer<UInt8>) {
        let bytes = Array(text)
        let whole = ReadAnswer([bytes[...]])
        if let contradiction = whole.contradiction { preconditionFailure(contradiction) }
        precondition(whole.body.count <= bytes.count, "the body is longer than the answer")
        for size in [1, 7] { precondition(ReadAnswer(Pieces.of(bytes, each: size)) == whole, "pieces differ") }
        let cut = bytes.count / 3
        precondition(ReadAnswer([bytes[..<cut], [], bytes[cut...]]) == whole, "two pieces differ")
        let head = ReadAnswer([bytes[...]], isHead: true)
        precondition(head.body.isEmpty && head.contradiction == nil, "an answer to HEAD has a body")
        if whole.heads == 1 { checkFraming(bytes) }
        guard whole.end == .complete else { return }
        let needed = bytes.dropLast(whole.rest)
        precondition(ReadAnswer([needed]).end == .complete, "it needs what is behind its end")
        precondition(ReadAnswer([needed.dropLast()]).end == .open, "it ends too early")
    }

    /// A head that the parser takes has one framing only, so the judge of libcurl's header lines takes it as well.
    private static func checkFraming(_ bytes: [UInt8]) {
        var check = FramingCheck()
        var rest = bytes[...]
        while !check.isComplete, let end = rest.firstIndex(of: 0x0A) {
            let isTaken = rest[...end].withUnsafeBufferPointer { (try? check.take($0)) != nil }
            precondition(isTaken, "libcurl's lane refuses the framing")
            rest = rest[(end + 1)...]
        }
        precondition(check.isComplete, "libcurl's lane waits for more of the head")
    }
}
