import Base
import Processes

/// A server that closes each connection after a number of requests and says so to nobody: the keep-alive race for real.
///
/// Some connections end right after an answer, some when the next request has arrived, unread, which is RST in TCP's
/// words. Every connection answers at least one request.
final class FickleUpstream: Sendable {
    private struct State {
        var generator: SplitMix64
        var connections = 0
        var answered = 0
        var unread = 0
    }

    private let state: Locked<State>
    private let server = Locked<BlockingUpstream?>(nil)

    private let requests: ClosedRange<Int>

    /// - Parameters:
    ///   - seed: Decides when and how each connection ends.
    ///   - requests: How many of them a connection may answer before that.
    static func start(seed: UInt64, requests: ClosedRange<Int> = 1...20) throws -> FickleUpstream {
        let upstream = FickleUpstream(seed, requests)
        let server = try BlockingUpstream.start { [weak upstream] in upstream?.serve(&$0) }
        upstream.server.withLock { $0 = server }
        return upstream
    }

    private init(_ seed: UInt64, _ requests: ClosedRange<Int>) {
        self.requests = requests
        state = Locked(State(generator: SplitMix64(seed: seed)))
    }

    /// As a configuration names it.
    var url: String { server.withLock { $0?.url } ?? "" }

    var connections: Int { state.withLock { $0.connections } }
    var answered: Int { state.withLock { $0.answered } }
    /// Requests that were left unread.
    var unread: Int { state.withLock { $0.unread } }

    private func serve(_ connection: inout BlockingConnection) {
        let (count, leavesUnread) = state.withLock { state in
            state.connections += 1
            return (Int.random(in: requests, using: &state.generator), Bool.random(using: &state.generator))
        }
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1".utf8)
        for _ in 0..<count {
            guard connection.request() != nil else { return }
            // Counted before it is sent: who has the answer sees it counted.
            state.withLock { $0.answered += 1 }
            guard connection.send(answer) else { return }
        }
        if leavesUnread, connection.waitForBytes() { state.withLock { $0.unread += 1 } }
    }
}
