import FanOut
package import Loop
import NIOCore
package import Processes

/// A process that serves HTTP until its supervisor says that it should drain, or is gone.
@LoopActor
package final class SupervisedServer: ReadinessHandler {
    /// A server that listens, and what is to be done when it has drained.
    package typealias Started = (server: HTTPServer, atEnd: () -> Void)

    private let channel: ControlChannel
    private let limit: Duration
    private let started: Started
    private let finished: EventLoopPromise<Void>

    private init(_ channel: ControlChannel, limit: Duration, _ started: Started, _ finished: EventLoopPromise<Void>) {
        self.channel = channel
        self.limit = limit
        self.started = started
        self.finished = finished
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
        // A loop that hangs cannot see that the supervisor died: this thread does, and leaves no orphan.
        OrphanGuard.start(channel, limit: limit)
        let finished = LoopActor.loop.makePromise(of: Void.self)
        LoopActor.loop.execute {
            LoopActor.assumeIsolated {
                do {
                    let me = try SupervisedServer(channel, limit: limit, start(), finished)
                    _ = Readiness.shared.add(channel.descriptor.number, .readable, me)
                    _ = try channel.send(.ready)
                } catch {
                    finished.fail(error)
                }
            }
        }
        try finished.futureResult.wait()
    }

    package func ready(_ descriptor: CInt, _ events: ReadyEvents) {
        switch try? channel.receive() {
        case .message(.drain): drain()
        case .message, .nothing: break
        case .closed, nil:
            Readiness.shared.remove(descriptor)
            drain()
        }
    }

    private func drain() {
        LoopActor.loop.scheduleTask(deadline: NIODeadline(MonotonicTime.now() + limit)) {
            LoopActor.assumeIsolated { self.finish() }
        }
        started.server.drain { self.finish() }
    }

    private func finish() {
        started.atEnd()
        finished.succeed()
    }
}
