import HTTP
import Loop

/// What all requests to one server have around their targets.
struct RequestFrame {
    /// What a frame begins with; a message with another method has that in its place.
    static let method = "GET"

    /// What goes before the target.
    let head: [UInt8]
    /// What follows it up to the fields that each call brings.
    let tail: [UInt8]

    init(_ server: Server) {
        head = Array("\(Self.method) \(server.base)".utf8)
        tail = Array(" HTTP/1.1\r\nHost: \(server.authority)\r\n".utf8)
    }
}

/// Memory that the plain lane uses for one read or one request at a time, so that connections need none of their own.
@LoopActor
final class Scratch {
    /// As much as one read takes.
    ///
    /// 32 KiB: most answers whole, and a large body in half the reads that a TLS record of 16 KiB each would take.
    static let readBytes = 32 << 10
    /// As much as one read takes of a large body that is not passed on, which is read where it stays.
    static let bodyBytes = 256 << 10
    /// As much as one read takes of an answer that is passed on, for which each read costs a write as well.
    private static let streamBytes = 128 << 10

    private let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: streamBytes)
    /// For the bytes of one read.
    var input: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(rebasing: memory[..<Self.readBytes]) }
    /// For those of an answer that is passed on.
    var stream: UnsafeMutableBufferPointer<UInt8> { memory }
    // No array: that would cost more to look after than a line of a header to copy.
    private var requestMemory = UnsafeMutablePointer<UInt8>.allocate(capacity: 4 << 10)
    private var requestCapacity = 4 << 10
    private var requestBytes = 0

    /// The request that was put together last.
    var request: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: requestMemory, count: requestBytes) }

    /// Puts the pieces of a request together, and the empty line that ends its header.
    func assemble(_ frame: RequestFrame, _ transfer: Transfer, _ message: OutgoingMessage?) {
        requestBytes = 0
        if let message {
            put(text: message.method)
            frame.head.withUnsafeBufferPointer {
                put(UnsafeBufferPointer(rebasing: $0.dropFirst(RequestFrame.method.utf8.count)))
            }
        } else {
            put(frame.head)
        }
        put(transfer.order.target)
        if let host = message?.host {
            put(" HTTP/1.1\r\nHost: ")
            put(host)
            put("\r\n")
        } else {
            put(frame.tail)
        }
        put(transfer.endpoint.fields)
        if let headers = transfer.order.headers { put(headers.bytes) }
        if let message {
            put(message.fields)
            if message.streamed == .chunked { put("Transfer-Encoding: chunked\r\n") }
            if let length = message.contentLength { put(text: "Content-Length: \(length)\r\n") }
        }
        put("\r\n")
        if let body = message?.body { put(body) }
    }

    @inline(__always)
    private func put(_ bytes: borrowing [UInt8]) {
        bytes.withUnsafeBufferPointer { put($0) }
    }

    private func put(text: String) {
        var text = text
        text.withUTF8 { put($0) }
    }

    private func put(_ literal: StaticString) {
        put(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    private func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        let end = requestBytes + bytes.count
        if end > requestCapacity { grow(to: end) }
        (requestMemory + requestBytes).update(from: source, count: bytes.count)
        requestBytes = end
    }

    private func grow(to size: Int) {
        requestCapacity = max(size, requestCapacity * 2)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: requestCapacity)
        larger.update(from: requestMemory, count: requestBytes)
        requestMemory.deallocate()
        requestMemory = larger
    }
}
