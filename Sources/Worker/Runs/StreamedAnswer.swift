import FanOut
import HTTPEdge
import JSON
import Loop

/// An answer whose parts leave as calls end (`merge: stream`), no faster than the client takes them.
@LoopActor
final class StreamedAnswer {
    private let merge: StreamedMerge
    private let stream: ResponseStream
    private let heavyWork: HeavyWork
    private let client: Client
    /// Pieces for which the client has no room yet.
    private var waiting: [[UInt8]] = []
    /// Parts that are being written on a thread.
    private var beingWritten = 0
    private var bytes = 0
    /// Set when all calls are settled: the last piece, and what is to be done then.
    private var ending: (last: [UInt8], done: (_ bytes: Int) -> Void)?

    init(_ merge: StreamedMerge, requestID: String, to client: Client, _ heavyWork: HeavyWork) {
        self.merge = merge
        self.heavyWork = heavyWork
        let head = merge.head(requestID: requestID)
        self.client = client
        stream = client.stream(head)
        // Kept alive by the stream, which lets go of it when it ends.
        stream.onRoom = { [self] in flush() }
    }

    /// A call has ended.
    func settled(_ index: Int, _ settled: Settled) {
        guard case .success(_, let part) = settled.outcome, HeavyWork.isHeavy(bytes: part.json.count) else {
            return send(merge.part(index, settled))
        }
        beingWritten += 1
        heavyWork.run { [merge] in
            merge.part(index, settled)
        } then: { [self] piece in
            beingWritten -= 1
            send(piece)
            endIfComplete()
        }
    }

    /// All calls have ended; `done` is called when the last piece is with the connection.
    func finish(_ state: FanOutState, elapsed: Duration, done: @escaping (_ bytes: Int) -> Void) {
        ending = (merge.end(state, elapsed: elapsed), done)
        client.onGone = { [self] in endIfComplete() }
        endIfComplete()
    }

    private func send(_ piece: [UInt8]) {
        waiting.append(piece)
        flush()
    }

    private func flush() {
        while !waiting.isEmpty, !stream.isFull {
            let piece = waiting.removeFirst()
            bytes += piece.count
            stream.send(piece)
        }
        endIfComplete()
    }

    private func endIfComplete() {
        guard beingWritten == 0, let (last, done) = ending, waiting.isEmpty || stream.isDiscarded else { return }
        ending = nil
        client.onGone = nil
        stream.send(last)
        stream.end()
        done(bytes + last.count)
    }
}
