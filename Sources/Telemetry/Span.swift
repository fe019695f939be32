/// One span of a trace, as a collector gets it: something that had a beginning and an end.
package struct Span: Sendable {
    /// Whose work it is, by the numbers of `opentelemetry/proto/trace/v1/trace.proto`.
    package enum Kind: UInt64, Sendable {
        /// A request that was answered.
        case server = 2
        /// A request that was made.
        case client = 3
    }

    /// The value of an attribute.
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    package var context: SpanContext
    package var tracestate: String?
    /// The id of the span above; 0 where there is none.
    package var parent: UInt64 = 0
    /// Whether that is of another program.
    package var isParentRemote = false
    package var name: String
    package var kind: Kind
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package var start: UInt64
    package var end: UInt64
    /// Names by OpenTelemetry's semantic conventions for HTTP.
    package var attributes: [(name: StaticString, value: Value)] = []
    package var isError = false

    package init(_ context: SpanContext, name: String, kind: Kind, start: UInt64, end: UInt64) {
        self.context = context
        self.name = name
        self.kind = kind
        self.start = start
        self.end = max(start, end)
    }
}
