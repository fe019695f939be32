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
        guard !isClosed, !bytes.isEmpty, let framing = output.bodyDue else { return true }
        switch framing {
        case .length, .untilClose: put(bytes)
        case .chunked:
            putting { $0.appendChunkSize(bytes.count) }
            put(bytes)
            putting { $0.append("\r\n".utf8) }
        }
        output.isSinkWaiting = output.waiting > (isWatchedForWriting ? 0 : Self.waitingBytes)
        return !output.isSinkWaiting
    }

    /// The body is whole: the connection may have another request when the answer is.
    func endBody(trailers: [UInt8]) {
        guard let framing = output.bodyDue else { return }
        output.bodyDue = nil
        guard framing == .chunked else { return }
        putting {
            $0.append("0\r\n".utf8)
            $0.append(trailers)
            $0.append("\r\n".utf8)
        }
    }

    private func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard output.isEmpty, bytes.count >= Self.directBytes else {
            return putting { $0.append(bytes) }
        }
        let sent = wire.write(bytes)
        guard sent < bytes.count || wire.isWaiting else { return }
        output.append(bytes[sent...])
        watchForWriting(true)
    }

    /// Puts bytes behind those that wait; what is put there in one turn of the loop goes out in one write.
    private func putting(_ append: (inout RequestOutput) -> Void) {
        append(&output)
        guard !isWatchedForWriting, !output.flushesSoon else { return }
        output.flushesSoon = true
        LoopActor.execute { [self] in
            output.flushesSoon = false
            if !isClosed { flush() }
        }
    }

    /// Sends what waits, as much as the socket takes.
    func flush() {
        guard output.sent(output.withUnsent { wire.write($0) }), !wire.isWaiting else { return watchForWriting(true) }
        watchForWriting(false)
        guard output.isSinkWaiting else { return }
        output.isSinkWaiting = false
        transfer?.sink?.hasRoomForBody()
    }
}
