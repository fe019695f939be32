package import HTTP
package import Loop

/// How a request's body is to be read.
package enum BodyReading: Sendable {
    /// Whole, before the request has its handler.
    case whole
    /// As it comes, so many bytes at most.
    case streamed(limit: Int)
    /// There is none, but bytes of another protocol once the answer is 101.
    case untilClose
}

/// Where the bytes of a request's body come from.
@LoopActor
protocol BodySource: AnyObject {
    /// Has the client send the body that it holds back.
    func sendContinue()
    /// There is room for bytes, or no more.
    func roomChanged()
}

/// A request's body that its handler takes as it comes, no faster than it can.
///
/// Nothing is read ahead but what came with the bytes before: until the handler begins, and while it has no room, the
/// rest waits in the socket, and so at the client.
@LoopActor
package final class RequestBody {
    package enum End {
        /// It was whole, with the fields that came behind it (RFC 9112 section 7.1.2).
        case whole(trailers: HeaderFields)
        /// It cannot be read on; this is why.
        case refused(status: Int, detail: String)
    }

    package let framing: BodyStreaming
    /// Bytes that may still come.
    private var room: Int
    /// Nil once the connection is closed.
    private var source: (any BodySource)?
    /// The client waits for `100 Continue` (RFC 9110 section 10.1.1).
    private var owesContinue: Bool
    private var take: ((UnsafeBufferPointer<UInt8>) -> Bool)?
    private var onEnd: ((End) -> Void)?
    /// What came before somebody took it.
    private var early: [UInt8] = []
    private var end: End?
    private var hasRoom = false
    private var isStopped = false

    init(_ framing: BodyStreaming, limit: Int, owesContinue: Bool, of source: any BodySource) {
        self.framing = framing
        self.owesContinue = owesContinue
        self.source = source
        room = limit
    }

    /// Whether all of it has come.
    package var isComplete: Bool {
        if case .whole = end { true } else { false }
    }

    /// Whether no more is to be read for now.
    var isFull: Bool { end == nil && !hasRoom }

    /// Hands out what there is, and from then on what comes; before that, nobody had any of it.
    ///
    /// - Parameters:
    ///   - take: Takes a piece, which is not to be kept; false when nothing more is to be read until `resume`. What was
    ///     read before still comes.
    ///   - onEnd: Called once, unless the client goes away before.
    package func start(
        take: @escaping (UnsafeBufferPointer<UInt8>) -> Bool, onEnd: @escaping (End) -> Void
    ) {
        self.take = take
        self.onEnd = onEnd
        hasRoom = true
        if owesContinue, end == nil, early.isEmpty { source?.sendContinue() }
        owesContinue = false
        if !early.isEmpty {
            let bytes = early
            early = []
            hasRoom = bytes.withUnsafeBufferPointer { take($0) }
        }
        if let end { return finish(end) }
        if hasRoom { source?.roomChanged() }
    }

    /// There is no room, until `resume`.
    package func pause() {
        hasRoom = false
        source?.roomChanged()
    }

    /// There is room for more.
    package func resume() {
        guard !isStopped, !hasRoom else { return }
        hasRoom = true
        source?.roomChanged()
    }

    /// Nobody wants it any more: what comes is left in the socket.
    package func stop() {
        isStopped = true
        take = nil
        onEnd = nil
        hasRoom = false
        early = []
    }

    // MARK: From the connection

    func received(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard end == nil else { return }
        guard bytes.count <= room else {
            return finish(.refused(status: 413, detail: "The body is longer than is taken."))
        }
        room -= bytes.count
        if let take {
            hasRoom = take(bytes)
        } else if !isStopped {
            early.append(contentsOf: bytes)
        }
    }

    func finish(_ end: End) {
        self.end = self.end ?? end
        guard let onEnd else { return }
        self.onEnd = nil
        take = nil
        onEnd(end)
    }

    func leave() {
        source = nil
        stop()
    }
}
