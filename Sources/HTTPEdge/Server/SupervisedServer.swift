import Base
import Glibc
package import Loop
package import Processes

/// A process that serves HTTP until its supervisor says that it should drain, or is gone.
@LoopActor
package final class SupervisedServer: ReadinessHandler {
    /// A server that listens.
    @LoopActor
    package struct Started {
        var server: HTTPServer
        /// Called when it has drained; the process ends when it calls back.
        var atEnd: (@escaping @LoopActor () -> Void) -> Void
        /// Told of what else the supervisor says.
        var heard: (ControlMessage) -> Void

        package init(
            _ server: HTTPServer, heard: @escaping (ControlMessage) -> Void = { _ in },
            atEnd: @escaping (@escaping @LoopActor () -> Void) -> Void = { $0() }
        ) {
            self.server = server
            self.heard = heard
            self.atEnd = atEnd
        }
    }

    private typealias Finish = @LoopActor @Sendable (Result<Void, any Error>) -> Void

    private let channel: ControlChannel
    private let limit: Duration
    private let started: Started
    private var onFinish: Finish?

    private init(_ channel: ControlChannel, limit: Duration, _ started: Started, onFinish: @escaping Finish) {
        self.channel = channel
        self.limit = limit
        self.started = started
        self.onFinish = onFinish
    }

    /// Starts the server on the loop, says that it is ready, and returns when it has drained.
    ///
    /// - Parameters:
    ///   - channel: To the supervisor.
    ///   - limit: How long draining may take; what is still open then is cut off.
    ///   - start: Makes the server, listening.
    package nonisolated static func run(
        _ channel: ControlChannel, limit: Duration, start: @escaping @LoopActor @Sendable () throws -> Started
    ) throws {
        // The loop takes it: a backtrace of this thread, which waits, would tell nothing.
        Signals.leave(SIGABRT)
        // A loop that hangs cannot see that the supervisor died: this thread does, and leaves no orphan.
        OrphanGuard.start(channel, limit: limit)
        let result: Result<Void, any Error> = LoopActor.wait { onFinish in
            do {
                let me = try SupervisedServer(channel, limit: limit, start(), onFinish: onFinish)
                _ = Readiness.shared.add(channel.descriptor.number, .readable, me)
                _ = try channel.send(.ready)
            } catch {
                onFinish(.failure(error))
            }
        }
        try result.get()
    }

    package func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        switch try? channel.receive() {
        case .message(.drain): drain()
        case .message(let message): started.heard(message)
        case .nothing: break
        case .closed, nil:
            Readiness.shared.remove(descriptor)
            drain()
        }
    }

    private func drain() {
        LoopTimer.once(at: .now() + limit) { [self] in finish() }
        started.server.drain { [self] in finish() }
    }

    private func finish() {
        guard let onFinish else { return }
        self.onFinish = nil
        started.atEnd { onFinish(.success(())) }
    }
}
