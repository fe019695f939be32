import Base

/// A span's place in its trace, by the ids of W3C Trace Context level 1, section 3.2.2.
package struct SpanContext: Sendable, Equatable {
    /// 128 bits that all spans of the trace have in common; never all zero.
    package var trace: (high: UInt64, low: UInt64)
    /// Never zero.
    package var span: UInt64
    /// Bit 0 says that the trace is recorded, bit 1 that its id is random.
    ///
    /// Others are not known, and so not passed on.
    package var flags: UInt8

    private static let sampled: UInt8 = 1
    private static let random: UInt8 = 2

    /// Whether it is recorded.
    package var isSampled: Bool { flags & Self.sampled != 0 }

    /// The caller's span, out of a `traceparent` that is known to be well formed.
    package init(_ context: TraceContext) {
        let text = Array(context.traceparent.utf8)
        trace = (Self.number(text[3..<19]), Self.number(text[19..<35]))
        span = Self.number(text[36..<52])
        flags = UInt8(truncatingIfNeeded: Self.number(text[53..<55])) & (Self.sampled | Self.random)
    }

    /// The first span of a new trace, of which so many are recorded.
    package init(_ rate: SampleRate, using generator: inout some RandomNumberGenerator) {
        // The decision is taken by the part of the id that is random by the standard (section 3.2.2.3).
        trace = (generator.next(), generator.next() | 1)
        span = generator.next() | 1
        flags = Self.random | (rate.takes(trace.low) ? Self.sampled : 0)
    }

    /// A span below this one, with an id that is the same for the same number.
    package func child(_ number: Int) -> SpanContext {
        var child = self
        var mixed = SplitMix64(seed: span &+ UInt64(truncatingIfNeeded: number))
        child.span = mixed.next() | 1
        return child
    }

    /// The span that this program has below a caller's.
    package func below(using generator: inout some RandomNumberGenerator) -> SpanContext {
        var below = self
        below.span = generator.next() | 1
        return below
    }

    /// The value of the field `traceparent`.
    package var traceparent: String {
        var bytes = Array("00-".utf8)
        Self.append(trace.high, 16, to: &bytes)
        Self.append(trace.low, 16, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(span, 16, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(UInt64(flags), 2, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The trace's id in hexadecimal.
    package var traceID: String {
        var bytes: [UInt8] = []
        Self.append(trace.high, 16, to: &bytes)
        Self.append(trace.low, 16, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func == (a: SpanContext, b: SpanContext) -> Bool {
        a.trace == b.trace && a.span == b.span && a.flags == b.flags
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
        digits.reduce(0) { ($0 << 4) | UInt64($1.hexDigit ?? 0) }
    }

    private static func append(_ number: UInt64, _ digits: Int, to bytes: inout [UInt8]) {
        for place in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            bytes.append(UInt8(hexDigitOf: number >> UInt64(place)))
        }
    }
}
