import FanOut
import Loop

/// Memory that the plain lane uses for one read or one request at a time, so that connections need none of their own.
@LoopActor
final class Scratch {
    /// As much as one read takes.
    ///
    /// 32 KiB: most answers whole, and a large body in half the reads that a TLS record of 16 KiB each would take.
    private static let readBytes = 32 << 10
    /// As much as one read takes of an answer that is passed on, for which each read costs a write as well.
    private static let streamBytes = 128 << 10

    private let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: streamBytes)
    /// For the bytes of one read.
    var input: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(rebasing: memory[..<Self.readBytes]) }
    /// For those of an answer that is passed on.
    var stream: UnsafeMutableBufferPointer<UInt8> { memory }
    /// For one request.
    private(set) var request: [UInt8] = []

    /// Sends the request as far as the wire takes it; how many bytes that were.
    func write(to wire: Wire) -> Int {
        // Mutable, since a look at the array would retain it.
        request.withUnsafeMutableBufferPointer { wire.write(UnsafeBufferPointer($0)) }
    }

    /// Puts the pieces of a request together, and the empty line that ends its header.
    func assemble(_ pool: ServerPool, _ transfer: Transfer, _ message: OutgoingMessage?) {
        request.removeAll(keepingCapacity: true)
        if let message {
            request.append(contentsOf: message.method.utf8)
            request.append(contentsOf: pool.frame.head.dropFirst(ServerPool.method.utf8.count))
        } else {
            request.append(copying: pool.frame.head)
        }
        request.append(copying: transfer.target)
        if let host = message?.host {
            request.append(contentsOf: " HTTP/1.1\r\nHost: ".utf8)
            request.append(copying: host)
            request.append(contentsOf: "\r\n".utf8)
        } else {
            request.append(copying: pool.frame.tail)
        }
        request.append(copying: transfer.endpoint.fields)
        if let headers = transfer.headers { request.append(copying: headers.bytes) }
        if let message {
            request.append(copying: message.fields)
            if message.streamed == .chunked { request.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8) }
            if let length = message.contentLength { request.append(contentsOf: "Content-Length: \(length)\r\n".utf8) }
        }
        request.append(0x0D)
        request.append(0x0A)
        if let body = message?.body { request.append(contentsOf: body) }
    }
}
