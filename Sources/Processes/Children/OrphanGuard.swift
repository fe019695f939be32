import Glibc

/// The last resort of a child whose supervisor died: ends the process when it does not leave by itself.
///
/// A healthy child sees the end of its control channel, drains and exits. One whose loop hangs cannot; it would stay
/// for ever, holding the listening socket. So a thread that does nothing else waits for that end.
package enum OrphanGuard {
    /// The status that an orphan ends with: EX_SOFTWARE of sysexits(3).
    private static let status: Int32 = 70

    /// Watches the channel from now on, and ends the process `limit` after its other side is gone.
    package static func start(_ channel: ControlChannel, limit: Duration) {
        let number = channel.descriptor.number
        let seconds = UInt32(clamping: limit.components.seconds + 1)
        let body = Unmanaged.passRetained(Body { wait(number, seconds) })
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        precondition(failure == 0, "pthread_create: \(String(cString: strerror(failure)))")
        pthread_detach(thread)
    }

    private static func wait(_ channel: Int32, _ seconds: UInt32) {
        // POLLHUP is always reported (poll(2)); asking for nothing else leaves the messages to the loop.
        var end = pollfd(fd: channel, events: 0, revents: 0)
        while poll(&end, 1, -1) < 1 || end.revents & Int16(POLLHUP | POLLERR | POLLNVAL) == 0 {}
        var rest = seconds
        while rest > 0 { rest = sleep(rest) }
        _exit(status)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
