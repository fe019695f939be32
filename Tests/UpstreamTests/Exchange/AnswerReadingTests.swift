import HTTP
import Policy
import Testing

@testable import Upstream

/// The plain lane's exchange without a socket: bytes in, steps out.
@Suite struct AnswerReadingTests {
    private static let head = "HTTP/1.1 200 OK\r\n"

    private static func reading(passingOn: Bool = false, upgrading: Bool = false, limit: Int = 100) -> AnswerReading {
        var answer = AnswerReading()
        answer.begin(
            isHead: false, collecting: passingOn, passingOn: passingOn, upgrading: upgrading, limit: limit)
        return answer
    }

    /// What is to be done with bytes, until nothing more is.
    private static func steps(_ answer: inout AnswerReading, _ text: String) -> [AnswerReading.Step] {
        var steps: [AnswerReading.Step] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = 0
            while true {
                steps.append(answer.next(bytes, &cursor))
                switch steps.last {
                case .informed, .began, .piece: continue
                default: return
                }
            }
        }
        return steps
    }

    @Test(
        "an answer comes to one step",
        arguments: [
            ("Content-Length: 3\r\n\r\nabc", .end(hasRest: false)),
            ("Content-Length: 3\r\n\r\nabcd", .end(hasRest: true)),
            ("Content-Length: 3\r\n\r\nab", .more),
            ("Content-Length: 101\r\n\r\n", .failed(.tooLarge)),
            ("Transfer-Encoding: chunked\r\n\r\n65\r\n" + String(repeating: "a", count: 101), .failed(.tooLarge)),
            ("Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", .coded),
            ("Content-Length: 3\r\nContent-Length: 4\r\n\r\n", .failed(.protocol)),
            ("Content-Length: 0\r\n\r\n", .end(hasRest: false)),
        ] as [(String, AnswerReading.Step)])
    func outcome(rest: String, step: AnswerReading.Step) {
        var answer = Self.reading()
        #expect(!answer.hasAny)
        let steps1 = Self.steps(&answer, Self.head + rest)
        #expect(steps1 == [step])
        #expect(answer.hasAny)
    }

    @Test("an answer is the same whatever pieces it comes in")
    func pieces() {
        let whole = Self.head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        for cut in 1..<whole.count {
            var answer = Self.reading()
            let steps2 = Self.steps(&answer, String(whole.prefix(cut)))
            #expect(steps2 == [.more])
            let steps3 = Self.steps(&answer, String(whole.dropFirst(cut)))
            #expect(steps3 == [.end(hasRest: false)])
            let body = answer.takeBody()
            #expect(body == Array("abcde".utf8))
        }
    }

    @Test("what is passed on is told as it comes and not kept, and a coding or a limit does not matter")
    func passedOn() {
        var answer = Self.reading(passingOn: true, limit: 0)
        let text =
            "HTTP/1.1 103 Early Hints\r\n\r\n" + Self.head + "Content-Encoding: br\r\nContent-Length: 3\r\n\r\nabc"
        let start = text.utf8.count - 3
        let steps = Self.steps(&answer, text)
        #expect(steps == [.informed, .began, .piece(start..<(start + 3)), .end(hasRest: false)])
        let body = answer.takeBody()
        #expect(body.isEmpty)
    }

    @Test("the end of the connection ends an answer without a length, and no other")
    func closed() {
        var answer = Self.reading()
        let early = answer.close()
        #expect(!early)
        let steps4 = Self.steps(&answer, Self.head + "\r\nabc")
        #expect(steps4 == [.more])
        let late = answer.close()
        let body = answer.takeBody()
        #expect(late && body == Array("abc".utf8))
        answer = Self.reading()
        let steps5 = Self.steps(&answer, Self.head + "Content-Length: 4\r\n\r\nabc")
        #expect(steps5 == [.more])
        let short = answer.close()
        #expect(!short)
    }

    @Test("the middle of a large body is read into its place, its end is not")
    func placed() {
        var answer = Self.reading(limit: 1_000)
        #expect(answer.placed(atLeast: 10, atMost: 50) == 0)
        let steps6 = Self.steps(&answer, Self.head + "Content-Length: 100\r\n\r\n")
        #expect(steps6 == [.more])
        #expect(answer.placed(atLeast: 10, atMost: 50) == 50)
        let read = answer.read { body in
            body.append(contentsOf: Array(repeating: 1, count: 85))
            return .bytes(85)
        }
        #expect({ if case .bytes(85) = read { true } else { false } }())
        #expect(answer.placed(atLeast: 10, atMost: 50) == 0)
        let steps7 = Self.steps(&answer, String(repeating: "a", count: 15))
        #expect(steps7 == [.end(hasRest: false)])
        let body = answer.takeBody()
        #expect(body.count == 100)
        var passed = Self.reading(passingOn: true)
        _ = Self.steps(&passed, Self.head + "Content-Length: 100\r\n\r\n")
        #expect(passed.placed(atLeast: 10, atMost: 50) == 0)
    }

    @Test("an answer after another one has nothing of it")
    func again() {
        var answer = Self.reading()
        _ = Self.steps(&answer, Self.head + "Content-Length: 3\r\n\r\nabc")
        let first = answer.takeBody()
        #expect(first.count == 3)
        answer.begin(isHead: true, collecting: false, passingOn: false, upgrading: false, limit: 1)
        #expect(!answer.hasAny)
        let steps8 = Self.steps(&answer, Self.head + "Content-Length: 3\r\n\r\n")
        #expect(steps8 == [.end(hasRest: false)])
        let body = answer.takeBody()
        #expect(body.isEmpty)
    }
}
