import CCurl
import Loop

/// What goes out through libcurl's TLS, in pieces that stay where they are until they are out.
///
/// A write that OpenSSL could not finish has to be made again with the same bytes at the same place (SSL_write(3)), or the
/// connection is as good as broken; curl_easy_send(3) passes that on to its caller.
@LoopActor
final class TLSOutput {
    /// As much as one record carries (RFC 8446 section 5.1).
    private static let recordBytes = 16 << 10

    /// What libcurl was given and did not take yet.
    private var pending: UnsafeMutableBufferPointer<UInt8>?

    /// Whether something is to be given again when the socket is writable.
    var isWaiting: Bool { pending != nil }

    /// Takes as many bytes as go out now, and at most a record's that wait; an error is left for the next read to tell.
    func send(_ bytes: UnsafeBufferPointer<UInt8>, through handle: UnsafeMutableRawPointer) -> Int {
        var taken = 0
        while flush(through: handle), taken < bytes.count {
            let piece = UnsafeBufferPointer(rebasing: bytes[taken...].prefix(Self.recordBytes))
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: piece.count)
            _ = copy.initialize(from: piece)
            pending = copy
            taken += piece.count
        }
        return taken
    }

    /// Gives again what waits; false while it still does.
    private func flush(through handle: UnsafeMutableRawPointer) -> Bool {
        while let piece = pending {
            var count = 0
            guard let start = piece.baseAddress,
                curl_easy_send(handle, start, piece.count, &count) == CURLE_OK, count > 0
            else { return false }
            pending = nil
            if count < piece.count {
                let rest = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: piece.count - count)
                _ = rest.initialize(from: piece[count...])
                pending = rest
            }
            piece.deallocate()
        }
        return true
    }

    /// Forgets what waits: called whenever the connection ends.
    func reset() {
        pending?.deallocate()
        pending = nil
    }
}
