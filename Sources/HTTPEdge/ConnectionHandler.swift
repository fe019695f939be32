import Loop
import NIOCore
import NIOHTTP1

/// The end of a connection's pipeline: hands what NIO says to the connection.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let connection: Connection
    private let server: HTTPServer

    init(_ connection: Connection, _ server: HTTPServer) {
        self.connection = connection
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        LoopActor.assumeIsolated { [connection] in connection.read(part) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        LoopActor.assumeIsolated { [connection, server] in server.closed(connection) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        LoopActor.assumeIsolated { [connection] in connection.failed(error) }
    }
}

/// The start of a connection's pipeline: sees bytes before they make a request, for the clock on slow ones.
final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        LoopActor.assumeIsolated { [connection] in connection.bytesArrived() }
        context.fireChannelRead(data)
    }
}
