import CLinux
import Glibc
import NIOCore
import NIOPosix

/// Has the kernel wait: an asynchronous poll of the epoll set (io_submit(2), IOCB_CMD_POLL) that signals an eventfd, which
/// NIO watches as it would a pipe.
///
/// One system call to set up and two to be told, all on the loop. A thread that waits takes as many, and two switches of
/// context for each event that meets an idle loop.
@LoopActor
final class KernelWaiter: ReadinessWaiter {
    private let epoll: CInt
    private let context: UInt
    private let signal: CInt

    init?(epoll: CInt) {
        // Where a sandbox or a kernel without it refuses this, a thread does the same.
        let context = CLinux_aio_setup()
        guard context != 0 else { return nil }
        let signal = CLinux_eventfd()
        guard signal >= 0 else { return nil }
        self.epoll = epoll
        self.context = context
        self.signal = signal
    }

    func start(_ onReady: @escaping @LoopActor @Sendable () -> Void) {
        let ring: @LoopActor @Sendable () -> Void = { [unowned self] in
            CLinux_aio_reap(context)
            onReady()
        }
        // Only what can be watched fails this, and an eventfd can.
        NIOPipeBootstrap(group: LoopActor.loop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Bell(ring))
                }
            }
            .takingOwnershipOfDescriptor(input: signal)
            .whenFailure { preconditionFailure("the event loop cannot watch an eventfd: \($0)") }
        resume()
    }

    func resume() {
        let status = CLinux_aio_poll(context, epoll, signal)
        precondition(status == 1, "io_submit: \(String(cString: strerror(errno)))")
    }
}

/// Hears the eventfd, whose count says nothing that the epoll set does not.
private final class Bell: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ring: @LoopActor @Sendable () -> Void

    init(_ ring: @escaping @LoopActor @Sendable () -> Void) {
        self.ring = ring
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        LoopActor.assumeIsolated { [ring] in ring() }
    }
}
