import Base
import HTTP
package import Loop

/// An answer whose body leaves in pieces, as its handler gets hold of them.
///
/// What is sent in one turn of the loop goes out in one write at its end, the head before the first piece. That the
/// client went away is told by `Client.onGone`, until the stream has ended.
@LoopActor
package final class ResponseStream {
    /// Nil once the stream has ended or its client is gone.
    private var connection: Connection?
    private let framing: BodyFraming
    /// Whether the connection ends with it.
    private let isLast: Bool
    /// The client wants no body: the answer to HEAD, or one whose status has none.
    private let omitsBody: Bool
    /// Bytes of a body of known length that have not been sent.
    private var left = 0

    /// Whether so much waits for the client that the source should wait as well; true until `onRoom` is called.
    package private(set) var isFull = false
    /// Called each time that the stream was full and the client has taken all but a quarter of that.
    package var onRoom: (() -> Void)?

    init(_ connection: Connection, _ framing: BodyFraming, isLast: Bool, omitsBody: Bool) {
        self.connection = connection
        self.framing = framing
        self.isLast = isLast
        self.omitsBody = omitsBody
        if case .length(let length) = framing { left = length }
    }

    /// One whose pieces go nowhere.
    init() {
        framing = .none
        isLast = true
        omitsBody = true
    }

    /// Whether an orderly end of the connection would be taken for that of the body.
    var endsWithConnection: Bool { framing == .untilClose }

    /// Whether pieces go nowhere: nobody wants the body, or the stream is over.
    package var isDiscarded: Bool { omitsBody || connection == nil }

    /// Sends a piece.
    ///
    /// Where the client was told a length and there is more, it is cut off: it would take the rest for the next answer.
    package func send(_ bytes: [UInt8]) {
        guard let connection = begin(bytes.count) else { return }
        if bytes.count > connection.server.limits.writeBytes {
            connection.output.append(bytes)
        } else {
            connection.output.gather { $0.append(contentsOf: bytes) }
        }
        if framing == .chunked { connection.output.gather { $0.append("\r\n") } }
        sent(connection)
        connection.flushSoon()
    }

    /// Sends a piece from where it lies: at once when it is large, since a copy would cost more than a write of its own.
    package func send(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let connection = begin(bytes.count) else { return }
        let end: StaticString = framing == .chunked ? "\r\n" : ""
        // A socket that is full says itself when it takes more.
        if bytes.count >= connection.server.limits.directBytes, !connection.watched.intersects(.writable) {
            connection.output.send(bytes, end, to: connection.descriptor)
            sent(connection)
            connection.sentDirectly()
        } else {
            connection.output.gather {
                $0.append(contentsOf: bytes)
                $0.append(end)
            }
            sent(connection)
            connection.flushSoon()
        }
    }

    /// Whether a piece can be sent, with the line before it; nil when it goes nowhere.
    private func begin(_ count: Int) -> Connection? {
        // An empty chunk would be the last one.
        guard !omitsBody, count > 0, let connection else { return nil }
        if case .length = framing {
            guard count <= left else {
                abort()
                return nil
            }
            left -= count
        }
        if framing == .chunked { connection.output.gather { ChunkSize.append(count, to: &$0) } }
        return connection
    }

    private func sent(_ connection: Connection) {
        if connection.output.count >= connection.server.limits.streamedBytes { isFull = true }
    }

    /// The body is whole; where the client was told a length and there is less, it is cut off.
    ///
    /// - Parameter trailers: Whole lines, for a body in chunks (RFC 9112 section 7.1.2).
    package func end(trailers: [UInt8] = []) {
        guard let connection else { return }
        if !omitsBody {
            guard left == 0 else { return abort() }
            if framing == .chunked {
                connection.output.gather {
                    $0.append("0\r\n")
                    $0.append(contentsOf: trailers)
                    $0.append("\r\n")
                }
            }
        }
        leave()
        connection.endStream(isLast: isLast)
    }

    /// The body will not become whole: ends the connection in a way that shows the client that it was cut off.
    ///
    /// What was sent before goes out as far as the socket takes it at once.
    ///
    /// - Parameter resets: The client sees a reset, and not an end that only the framing shows to be none.
    package func abort(resets: Bool = false) {
        guard let connection else { return }
        leave()
        connection.abortStream(resets: resets)
    }

    /// The socket took some of what waits.
    func roomChanged() {
        guard isFull, let connection, connection.output.count < connection.server.limits.streamedBytes / 4 else {
            return
        }
        isFull = false
        onRoom?()
    }

    /// Lets go of the connection: nothing can be sent any more.
    func leave() {
        connection = nil
        onRoom = nil
        isFull = false
    }
}
