import HTTP
import Loop

/// The request's body, where it goes out as it comes.
extension PlainConnection {
    /// Pieces that are at least so large are sent from where they lie.
    private static let directBytes = 4 << 10
    /// Bytes that may wait for the server before whoever gives them should wait as well.
    private static let waitingBytes = 256 << 10

    /// Sends a piece; false when no more should come until the sink is told.
    func send(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !isClosed, !bytes.isEmpty, let framing = bodyDue else { return true }
        switch framing {
        case .length, .untilClose: put(bytes)
        case .chunked:
            putting { ChunkSize.append(bytes.count, to: &$0) }
            put(bytes)
            putting { $0.append(contentsOf: "\r\n".utf8) }
        }
        isSinkWaiting = unsent.count - unsentFrom > (isWatchedForWriting ? 0 : Self.waitingBytes)
        return !isSinkWaiting
    }

    /// The body is whole: the connection may have another request when the answer is.
    func endBody(trailers: [UInt8]) {
        guard let framing = bodyDue else { return }
        bodyDue = nil
        guard framing == .chunked else { return }
        putting {
            $0.append(contentsOf: "0\r\n".utf8)
            $0.append(contentsOf: trailers)
            $0.append(contentsOf: "\r\n".utf8)
        }
    }

    private func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard unsent.isEmpty, bytes.count >= Self.directBytes else {
            return putting { $0.append(contentsOf: bytes) }
        }
        let sent = wire.write(bytes)
        guard sent < bytes.count || wire.isWaiting else { return }
        unsent.append(contentsOf: bytes[sent...])
        watchForWriting(true)
    }

    /// Puts bytes behind those that wait; what is put there in one turn of the loop goes out in one write.
    private func putting(_ append: (inout [UInt8]) -> Void) {
        append(&unsent)
        guard !isWatchedForWriting, !flushesSoon else { return }
        flushesSoon = true
        LoopActor.execute { [self] in
            flushesSoon = false
            if !isClosed { flush() }
        }
    }

    /// Sends what waits, as much as the socket takes.
    func flush() {
        unsentFrom += unsent.withUnsafeBufferPointer { wire.write(UnsafeBufferPointer(rebasing: $0[unsentFrom...])) }
        guard unsentFrom == unsent.count, !wire.isWaiting else { return watchForWriting(true) }
        unsent.removeAll(keepingCapacity: bodyDue != nil)
        unsentFrom = 0
        watchForWriting(false)
        guard isSinkWaiting else { return }
        isSinkWaiting = false
        transfer?.sink?.hasRoomForBody()
    }
}
