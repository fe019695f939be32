import FanOut
import Glibc
package import Loop
import NIOCore
package import Processes

/// A process that serves HTTP until its supervisor says that it should drain, or is gone.
@LoopActor
package final class SupervisedServer: ReadinessHandler {
    private let channel: ControlChannel
    private let limit: Duration
    private let server: HTTPServer
    private let finished: EventLoopPromise<Void>

    private init(_ channel: ControlChannel, limit: Duration, _ server: HTTPServer, _ finished: EventLoopPromise<Void>) {
        self.channel = channel
        self.limit = limit
        self.server = server
        self.finished = finished
    }

    /// Starts the server on the loop, says that it is ready, and returns when it has drained.
    ///
    /// - Parameters:
    ///   - channel: To the supervisor.
    ///   - limit: How long draining may take; what is still open then is cut off.
    ///   - start: Makes the server, listening.
    package nonisolated static func run(
        _ channel: ControlChannel, limit: Duration, start: @escaping @LoopActor @Sendable () throws -> HTTPServer
    ) throws {
        // A loop that hangs cannot see that the supervisor died: this thread does, and leaves no orphan.
        OrphanGuard.start(channel, limit: limit + .seconds(1))
        let finished = LoopActor.loop.makePromise(of: Void.self)
        LoopActor.loop.execute {
            LoopActor.assumeIsolated {
                do {
                    let server = try start()
                    let me = SupervisedServer(channel, limit: limit, server, finished)
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
        let finished = self.finished
        LoopActor.loop.scheduleTask(deadline: NIODeadline(.now + limit)) { finished.succeed() }
        server.drain { finished.succeed() }
    }
}
