import Base
import Telemetry
import Testing

/// Ids of spans, and how spans are written.
@Suite struct SpanTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private static func context(_ traceparent: String = parent) throws -> SpanContext {
        SpanContext(try #require(TraceContext(traceparent: traceparent, tracestate: nil)))
    }

    @Test func aContextIsReadAndWritten() throws {
        let context = try Self.context()
        #expect(context.traceparent == Self.parent && context.isSampled)
        #expect(context.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.trace.high == 0x4bf9_2f35_77b3_4da6 && context.trace.low == 0xa3ce_929d_0e0e_4736)
        #expect(context.span == 0x00f0_67aa_0ba9_02b7)
    }

    @Test(
        "of flags only those are passed on that are known, and a later version becomes ours",
        arguments: [
            ("00", "00"), ("01", "01"), ("03", "03"), ("ff", "03"), ("fe", "02"),
        ])
    func flags(given: String, passed: String) throws {
        let context = try Self.context("cc" + Self.parent.dropFirst(2).dropLast(2) + given)
        #expect(context.traceparent == Self.parent.dropLast(2) + passed)
        #expect(context.isSampled == ["01", "03"].contains(passed))
    }

    @Test func childrenHaveIdsOfTheirOwnThatStay() throws {
        let context = try Self.context()
        let children = (0..<1_000).map { context.child($0) }
        #expect(
            Set(children.map(\.span)).count > 990 && children.allSatisfy { $0.span != 0 && $0.span != context.span })
        #expect(children[7] == context.child(7) && children.allSatisfy { $0.trace == context.trace })
    }

    @Test func newTracesAreRecordedAtTheRate() {
        var random = SplitMix64(seed: 1)
        let contexts = (0..<10_000).map { _ in SpanContext(SampleRate(millionths: 100_000), using: &random) }
        #expect((900...1_100).contains(contexts.count { $0.isSampled }))
        #expect(
            contexts.allSatisfy {
                $0.flags & 2 == 2 && TraceContext(traceparent: $0.traceparent, tracestate: nil) != nil
            })
    }

    @Test("a body is what the protocol's own encoder makes of the same spans")
    func encoding() throws {
        var span = Span(
            try Self.context(), name: "GET /a", kind: .client, start: 1_700_000_000_000_000_001,
            end: 1_700_000_000_000_000_900)
        span.parent = 1
        span.tracestate = "a=1"
        span.attributes = [("n", .number(-1)), ("t", .text("ü"))]
        span.isError = true
        var spans: [UInt8] = []
        SpanEncoding.append(span, to: &spans)
        let body = SpanEncoding(resource: [("service.name", .text("s"))], scope: "g", version: "1").body(spans)
        #expect(body.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == Self.expected)
    }

    // Made with opentelemetry-proto 1.45.2 for Python.
    private static let expected =
        "0a91010a150a130a0c736572766963652e6e616d6512030a017312780a060a0167120131126e0a104bf92f3577b34da6"
        + "a3ce929d0e0e4736120800f067aa0ba902b71a03613d31220800000000000000012a06474554202f6130033901002a36"
        + "fe9c97174184032a36fe9c97174a100a016e120b18ffffffffffffffffff014a090a017412040a02c3bc7a0218028501"
        + "01010000"
}
