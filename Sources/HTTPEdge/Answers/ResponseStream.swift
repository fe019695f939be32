import Base
import HTTP
package import Loop

/// What takes the pieces of an answer.
@LoopActor
protocol StreamSink: AnyObject {
    /// Sends a piece, as a chunk where the body is in chunks; returns how many bytes wait for the client then.
    func send(_ piece: StreamPiece, inChunk: Bool) -> Int
    /// The answer is complete; trailers, as whole lines, stand behind the last chunk where the body is in chunks.
    func endStream(isLast: Bool, trailers: [UInt8]?)
    /// The answer will not become whole: the client is told by the end of the connection, or by a reset.
    func abortStream(resets: Bool)
}

/// A piece of a body.
enum StreamPiece {
    case kept([UInt8])
    /// It lies there for the time of the call.
    case lent(UnsafeBufferPointer<UInt8>)

    var count: Int {
        switch self {
        case .kept(let bytes): bytes.count
        case .lent(let bytes): bytes.count
        }
    }
}

/// An answer whose body leaves in pieces, as its handler gets hold of them.
///
/// What is sent in one turn of the loop goes out in one write at its end, the head before the first piece. That the
/// client went away is told by `Client.onGone`, until the stream has ended.
@LoopActor
package final class ResponseStream {
    /// Nil once the stream has ended or its client is gone.
    private var sink: (any StreamSink)?
    private let framing: BodyFraming
    /// Whether the connection ends with it.
    private let isLast: Bool
    /// The client wants no body: the answer to HEAD, or one whose status has none.
    private let omitsBody: Bool
    /// Bytes that may wait for the client before the source is asked to wait.
    private let room: Int
    /// Bytes of a body of known length that have not been sent.
    private var left = 0

    /// Whether so much waits for the client that the source should wait as well; true until `onRoom` is called.
    package private(set) var isFull = false
    /// Called each time that the stream was full and the client has taken all but a quarter of that.
    package var onRoom: (() -> Void)?

    init(_ sink: any StreamSink, _ framing: BodyFraming, isLast: Bool, omitsBody: Bool, room: Int) {
        self.sink = sink
        self.framing = framing
        self.isLast = isLast
        self.omitsBody = omitsBody
        self.room = room
        if case .length(let length) = framing { left = length }
    }

    /// One whose pieces go nowhere.
    init() {
        framing = .none
        isLast = true
        omitsBody = true
        room = 0
    }

    /// Whether an orderly end of the connection would be taken for that of the body.
    var endsWithConnection: Bool { framing == .untilClose }

    /// Whether pieces go nowhere: nobody wants the body, or the stream is over.
    package var isDiscarded: Bool { omitsBody || sink == nil }

    /// Sends a piece.
    ///
    /// Where the client was told a length and there is more, it is cut off: it would take the rest for the next answer.
    package func send(_ bytes: [UInt8]) { send(.kept(bytes)) }

    /// Sends a piece from where it lies: at once when it is large, since a copy would cost more than a write of its own.
    package func send(_ bytes: UnsafeBufferPointer<UInt8>) { send(.lent(bytes)) }

    private func send(_ piece: StreamPiece) {
        // An empty chunk would be the last one.
        guard !omitsBody, piece.count > 0, let sink else { return }
        if case .length = framing {
            guard piece.count <= left else { return abort() }
            left -= piece.count
        }
        // The connection may have ended on the way.
        if sink.send(piece, inChunk: framing == .chunked) >= room, self.sink != nil { isFull = true }
    }

    /// The body is whole; where the client was told a length and there is less, it is cut off.
    ///
    /// - Parameter trailers: Whole lines, for a body in chunks (RFC 9112 section 7.1.2).
    package func end(trailers: [UInt8] = []) {
        guard let sink else { return }
        guard omitsBody || left == 0 else { return abort() }
        leave()
        sink.endStream(isLast: isLast, trailers: !omitsBody && framing == .chunked ? trailers : nil)
    }

    /// The body will not become whole: ends the connection in a way that shows the client that it was cut off.
    ///
    /// What was sent before goes out as far as the socket takes it at once.
    ///
    /// - Parameter resets: The client sees a reset, and not an end that only the framing shows to be none.
    package func abort(resets: Bool = false) {
        guard let sink else { return }
        leave()
        sink.abortStream(resets: resets)
    }

    /// The socket took some of what waits.
    func roomChanged(waiting: Int) {
        guard isFull, sink != nil, waiting < room / 4 else { return }
        isFull = false
        onRoom?()
    }

    /// Lets go of the connection: nothing can be sent any more.
    func leave() {
        sink = nil
        onRoom = nil
        isFull = false
    }
}
