import TestSupport
import Testing

@testable import FanOut
@testable import HTTP

/// What a client takes, and what it gets for that.
@Suite struct AcceptFieldTests {
    @Test(
        "events go to whoever wants them more than lines",
        arguments: [
            "text/event-stream", "TEXT/Event-Stream", "text/*", "text/event-stream, */*;q=0.1",
            "application/x-ndjson;q=0.5, text/event-stream;q=0.501", "text/event-stream;charset=utf-8",
            "*/*, application/x-ndjson;q=0", " text/html ,, text/event-stream\t; q=1.000 ", "*/*, application/*;q=0.9",
            "text/event-stream;a=\"x, application/x-ndjson;q=1, \\\"\"", "text/event-stream;q=0.001",
        ])
    func events(accept: String) {
        #expect(StreamedMerge.Format(accept: [accept]) == .events)
    }

    @Test(
        "lines go to all others, those that take neither as well",
        arguments: [
            "", "*/*", "application/json", "application/x-ndjson", "application/x-ndjson, text/event-stream",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/event-stream;q=0",
            "text/*;q=1, text/event-stream;q=0.3, */*;q=0.5", "text/event-stream;q=0.9, application/*",
            "text/event-stream;q=2", "text/event-stream;q=0.1234", "text/event-stream;q=", "text/event-stream;q=1.001",
            "text/event-stream;q=.5", "event-stream", "text/event-stream/x", "te xt/event-stream", "*/event-stream",
            "\"text/event-stream", "text/event-stream;q=0,5", "/", ",", ";q=1",
        ])
    func lines(accept: String) {
        #expect(StreamedMerge.Format(accept: [accept]) == .lines)
    }

    @Test("several fields are one list; without any there are lines")
    func several() {
        #expect(StreamedMerge.Format(accept: []) == .lines)
        #expect(StreamedMerge.Format(accept: ["*/*;q=0.5", "text/event-stream"]) == .events)
        #expect(StreamedMerge.Format(accept: ["text/event-stream", "application/x-ndjson"]) == .lines)
    }

    @Test("the range that names a type most closely says how much it is wanted")
    func closest() {
        let accept = AcceptField(["text/*;q=0.3, text/plain;q=0.7, text/plain;q=0.2, */*;q=0.5"])
        #expect(accept.quality(of: "text", "plain") == 700)
        #expect(accept.quality(of: "text", "html") == 300)
        #expect(accept.quality(of: "image", "png") == 500)
        #expect(AcceptField(["text/plain"]).quality(of: "image", "png") == 0)
    }

    @Test("any text can be read")
    func hostile() {
        var random = SeededGenerator(seed: 43)
        let pieces = ["text/event-stream", "*/*", "text/*", ";q=", "0.5", ";", ",", "\"", "\\", "/", " ", "1", "q"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in random.pick(pieces) }.joined()
            let accept = AcceptField([text, random.hostileText()])
            #expect((0...1_000).contains(accept.quality(of: "text", "event-stream")))
        }
    }
}
