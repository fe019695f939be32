import Telemetry
import Testing

/// Which trace headers are passed on (W3C Trace Context).
@Suite struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let ids = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    @Test(arguments: [
        parent, "00-\(ids)-00", "00-\(ids)-ff", "01-\(ids)-01", "fe-\(ids)-01",
        "cc-\(ids)-01-what-the-future-will-be-like", "01-\(ids)-01-",
    ])
    func isPassedOnAsItCame(traceparent: String) {
        #expect(TraceContext(traceparent: traceparent, tracestate: nil)?.traceparent == traceparent)
    }

    @Test(arguments: [
        "", "00", "00-\(ids)", "00-\(ids)-", "00-\(ids)-1", "00-\(ids)-011", "00-\(ids)-0g", "00-\(ids)-01-",
        "00-\(ids)-01-x", "ff-\(ids)-01",
        "0-\(ids)-01", "000-\(ids)-01", "FE-\(ids)-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01", " \(parent)", "\(parent) ", "cc-\(ids)-01-a\r\nX: y",
        "cc-\(ids)-01-é",
        "cc-\(ids)-01.", "cc-\(ids)-01-" + String(repeating: "x", count: 300),
    ])
    func isDropped(traceparent: String) {
        #expect(TraceContext(traceparent: traceparent, tracestate: "a=1") == nil)
    }

    @Test(arguments: ["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1", "a@b=c d", String(repeating: "x", count: 512)])
    func theStateGoesWithIt(state: String) {
        #expect(TraceContext(traceparent: Self.parent, tracestate: state)?.tracestate == state)
    }

    @Test(arguments: ["", "a=1\r\nX: y", "a=é", "a=\u{0}", "a=\u{7F}", "a\tb", String(repeating: "x", count: 513)])
    func aStateThatCannotGoIsDroppedAlone(state: String) {
        let context = TraceContext(traceparent: Self.parent, tracestate: state)
        #expect(context?.traceparent == Self.parent)
        #expect(context?.tracestate == nil)
    }
}
