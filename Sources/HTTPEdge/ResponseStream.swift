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
        // An empty chunk would be the last one.
        guard !omitsBody, !bytes.isEmpty, let connection else { return }
        let limits = connection.server.limits
        if case .length = framing {
            guard bytes.count <= left else { return abort() }
            left -= bytes.count
        }
        if framing == .chunked { connection.output.gather { Self.append(sizeOfChunk: bytes.count, to: &$0) } }
        if bytes.count > limits.writeBytes {
            connection.output.append(bytes)
        } else {
            connection.output.gather { $0.append(contentsOf: bytes) }
        }
        if framing == .chunked { connection.output.gather { ResponseWriter.append("\r\n", to: &$0) } }
        if connection.output.count >= limits.streamedBytes { isFull = true }
        connection.flushSoon()
    }

    /// The body is whole; where the client was told a length and there is less, it is cut off.
    package func end() {
        guard let connection else { return }
        if !omitsBody {
            guard left == 0 else { return abort() }
            if framing == .chunked { connection.output.gather { ResponseWriter.append("0\r\n\r\n", to: &$0) } }
        }
        leave()
        connection.endStream(isLast: isLast)
    }

    /// The body will not become whole: ends the connection in a way that shows the client that it was cut off.
    ///
    /// What was sent before goes out as far as the socket takes it at once.
    package func abort() {
        guard let connection else { return }
        leave()
        connection.abortStream()
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

    /// The size of a chunk in hexadecimal digits, and the end of its line (RFC 9112 section 7.1).
    private static func append(sizeOfChunk size: Int, to bytes: inout [UInt8]) {
        var shift = (Int.bitWidth - 1 - size.leadingZeroBitCount) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: size >> shift & 15)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
        ResponseWriter.append("\r\n", to: &bytes)
    }
}
