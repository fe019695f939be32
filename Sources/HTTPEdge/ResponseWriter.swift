import FanOut
import Glibc
import NIOCore

/// Turns answers into the bytes of one write (RFC 9112 section 4).
struct ResponseWriter {
    private var date = HTTPDate()

    /// The bytes of an answer; `omitsBody` is for HEAD, whose answer has the length of a GET's (RFC 9110 section 9.3.2).
    mutating func bytes(
        _ response: Response, omitsBody: Bool, connection: ConnectionOption, allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: response.fields.bytes.count + response.body.count + 192)
        buffer.writeStaticString("HTTP/1.1 ")
        writeDigits(response.status, to: &buffer)
        buffer.writeStaticString(" ")
        buffer.writeStaticString(StatusCode.reason(response.status))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(response.fields.bytes)
        buffer.writeStaticString("Content-Length: ")
        writeDigits(response.body.count, to: &buffer)
        buffer.writeStaticString("\r\nDate: ")
        buffer.writeBytes(date.bytes(at: Int64(time(nil))))
        switch connection {
        case .implied: buffer.writeStaticString("\r\n\r\n")
        case .keepAlive: buffer.writeStaticString("\r\nConnection: keep-alive\r\n\r\n")
        case .close: buffer.writeStaticString("\r\nConnection: close\r\n\r\n")
        }
        if !omitsBody { buffer.writeBytes(response.body) }
        return buffer
    }

    /// What an answer says of the connection (RFC 9112 section 9.3).
    enum ConnectionOption {
        /// HTTP/1.1, which stays open unless said otherwise.
        case implied
        case keepAlive, close
    }

    private func writeDigits(_ number: Int, to buffer: inout ByteBuffer) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { bytes in
            var rest = number
            var start = bytes.count
            repeat {
                start -= 1
                bytes[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
    }
}
