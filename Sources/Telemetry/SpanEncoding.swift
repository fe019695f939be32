import JSON

/// Spans as a collector takes them: OTLP 1.x over HTTP, in protocol buffers.
///
/// Protocol buffers and not their JSON: half the bytes, ids as they are, and the whole of it is on this page. Numbers of
/// fields are those of `opentelemetry/proto/{collector/trace,trace,resource,common}/v1/*.proto`; fields of a message are
/// written in the order of their numbers, as every encoder does.
package struct SpanEncoding: Sendable {
    /// The `Resource` and the `InstrumentationScope`, which never change.
    private let resource: [UInt8]
    private let scope: [UInt8]

    /// - Parameter attributes: Of the program, such as `service.name`.
    package init(resource attributes: [(name: StaticString, value: Span.Value)], scope name: String, version: String) {
        var resource: [UInt8] = []
        for (name, value) in attributes { ProtoWriter.message(1, Self.attribute(name, value), to: &resource) }
        self.resource = resource
        var scope: [UInt8] = []
        ProtoWriter.text(1, name, to: &scope)
        ProtoWriter.text(2, version, to: &scope)
        self.scope = scope
    }

    /// Appends a span as a field of `ScopeSpans`, many of which make the body of a request.
    package static func append(_ span: Span, to bytes: inout [UInt8]) {
        var message: [UInt8] = []
        message.reserveCapacity(384)
        ProtoWriter.key(1, .bytes, to: &message)
        ProtoWriter.varint(16, to: &message)
        ProtoWriter.bigEndian(span.context.trace.high, to: &message)
        ProtoWriter.bigEndian(span.context.trace.low, to: &message)
        ProtoWriter.id(2, span.context.span, to: &message)
        if let state = span.tracestate { ProtoWriter.text(3, state, to: &message) }
        if span.parent != 0 { ProtoWriter.id(4, span.parent, to: &message) }
        ProtoWriter.text(5, span.name, to: &message)
        ProtoWriter.key(6, .varint, to: &message)
        ProtoWriter.varint(span.kind.rawValue, to: &message)
        ProtoWriter.fixed(7, span.start, to: &message)
        ProtoWriter.fixed(8, span.end, to: &message)
        for (name, value) in span.attributes { ProtoWriter.message(9, attribute(name, value), to: &message) }
        // Status.code (3) is STATUS_CODE_ERROR (2).
        if span.isError { ProtoWriter.message(15, [0x18, 2], to: &message) }
        // SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK and SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK.
        let flags = UInt32(span.context.flags) | 0x100 | (span.isParentRemote ? 0x200 : 0)
        ProtoWriter.fixed(16, flags, to: &message)
        ProtoWriter.message(2, message, to: &bytes)
    }

    /// The body of a request that exports these, an `ExportTraceServiceRequest`.
    package func body(_ spans: [UInt8]) -> [UInt8] {
        var scoped: [UInt8] = []
        scoped.reserveCapacity(scope.count + spans.count + 16)
        ProtoWriter.message(1, scope, to: &scoped)
        scoped.append(contentsOf: spans)
        var resourced: [UInt8] = []
        resourced.reserveCapacity(resource.count + scoped.count + 32)
        ProtoWriter.message(1, resource, to: &resourced)
        ProtoWriter.message(2, scoped, to: &resourced)
        var body: [UInt8] = []
        body.reserveCapacity(resourced.count + 16)
        ProtoWriter.message(1, resourced, to: &body)
        return body
    }

    /// A `KeyValue` with its `AnyValue`.
    private static func attribute(_ name: StaticString, _ value: Span.Value) -> [UInt8] {
        var any: [UInt8] = []
        switch value {
        case .text(let text): ProtoWriter.text(1, text, to: &any)
        case .number(let number):
            ProtoWriter.key(3, .varint, to: &any)
            ProtoWriter.varint(UInt64(bitPattern: Int64(number)), to: &any)
        }
        var message: [UInt8] = []
        ProtoWriter.text(1, "\(name)", to: &message)
        ProtoWriter.message(2, any, to: &message)
        return message
    }
}

/// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/), as far as spans need it.
enum ProtoWriter {
    enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    static func key(_ field: UInt64, _ type: WireType, to bytes: inout [UInt8]) {
        varint((field << 3) | type.rawValue, to: &bytes)
    }

    /// Seven bits to a byte, the lowest first.
    static func varint(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    static func message(_ field: UInt64, _ message: [UInt8], to bytes: inout [UInt8]) {
        key(field, .bytes, to: &bytes)
        varint(UInt64(message.count), to: &bytes)
        bytes.append(contentsOf: message)
    }

    static func text(_ field: UInt64, _ text: String, to bytes: inout [UInt8]) {
        key(field, .bytes, to: &bytes)
        varint(UInt64(text.utf8.count), to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    /// An id of eight bytes.
    static func id(_ field: UInt64, _ id: UInt64, to bytes: inout [UInt8]) {
        key(field, .bytes, to: &bytes)
        varint(8, to: &bytes)
        bigEndian(id, to: &bytes)
    }

    static func bigEndian(_ number: UInt64, to bytes: inout [UInt8]) {
        for place in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> place)) }
    }

    static func fixed(_ field: UInt64, _ number: UInt64, to bytes: inout [UInt8]) {
        key(field, .fixed64, to: &bytes)
        for place in stride(from: 0, through: 56, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> place)) }
    }

    static func fixed(_ field: UInt64, _ number: UInt32, to bytes: inout [UInt8]) {
        key(field, .fixed32, to: &bytes)
        for place in stride(from: 0, through: 24, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> place)) }
    }
}
