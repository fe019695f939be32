import Foundation

/// Bodies that are too large for a text.
extension RawClient {
    /// Sends bytes so many times.
    func send(_ bytes: [UInt8], times: Int) async throws {
        try await blocking { [self] in
            for _ in 0..<times {
                var sent = 0
                while sent < bytes.count {
                    let count = bytes[sent...].withUnsafeBytes {
                        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { throw Program.Failure(call: "send", number: errno) }
                    sent += count
                }
            }
        }
    }

    /// Sends bytes again and again until nothing was taken for a second, or so many were; how many.
    func sendsWithoutWaiting(_ bytes: [UInt8], upTo limit: Int) async throws -> Int {
        try await blocking { [self] in
            var taken = 0
            while taken < limit {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(
                        descriptor, $0.baseAddress, min($0.count, limit - taken),
                        Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                }
                if count > 0 {
                    taken += count
                    continue
                }
                var socket = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard errno == EAGAIN, poll(&socket, 1, 1_000) > 0 else { break }
            }
            return taken
        }
    }
}
