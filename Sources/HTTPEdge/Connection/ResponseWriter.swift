import Base
import HTTP
import Processes

/// Turns answers into bytes (RFC 9112 section 4).
struct ResponseWriter {
    private var date = DateField()

    /// What an answer says of the connection (RFC 9112 section 9.3).
    enum ConnectionOption {
        /// HTTP/1.1, which stays open unless said otherwise.
        case implied
        case keepAlive, close
    }

    /// Appends the head of an answer.
    mutating func write(
        head response: Response, _ framing: BodyFraming, connection: ConnectionOption, to bytes: inout [UInt8]
    ) {
        Self.append(statusOf: response, to: &bytes)
        bytes.append(copying: response.fields.bytes)
        switch framing {
        case .length(let length):
            bytes.append("Content-Length: ")
            bytes.append(decimal: UInt64(length))
            bytes.append("\r\nDate: ")
        case .chunked: bytes.append("Transfer-Encoding: chunked\r\nDate: ")
        case .upgraded: return bytes.append("\r\n")
        case .untilClose, .none: bytes.append("Date: ")
        }
        bytes.append(contentsOf: date.bytes(at: WallTime.seconds()))
        switch connection {
        case .implied: bytes.append("\r\n\r\n")
        case .keepAlive: bytes.append("\r\nConnection: keep-alive\r\n\r\n")
        case .close: bytes.append("\r\nConnection: close\r\n\r\n")
        }
    }

    /// Appends the head of an interim answer, which says nothing of connection and body.
    static func write(interim response: Response, to bytes: inout [UInt8]) {
        append(statusOf: response, to: &bytes)
        bytes.append(contentsOf: response.fields.bytes)
        bytes.append("\r\n")
    }

    private static func append(statusOf response: Response, to bytes: inout [UInt8]) {
        bytes.append("HTTP/1.1 ")
        bytes.append(decimal: UInt64(response.status))
        bytes.append(0x20)
        bytes.append(StatusCode.reason(response.status))
        bytes.append("\r\n")
    }
}
