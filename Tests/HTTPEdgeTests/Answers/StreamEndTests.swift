import Base
import HTTP
import HTTPEdge
import Loop
import Processes
import Testing

/// How answers in pieces end that do not end well, and how slow they and their clients may be.
@Suite(.timeLimit(.minutes(5))) struct StreamEndTests {
    private let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    // MARK: Cut off

    @Test("a stream that is given up ends its connection without the last chunk, behind what was sent before")
    func abort() async throws {
        let server = try await TestServer { _, client, _ in
            let stream = client.stream(.text("one"))
            stream.abort()
            stream.end()
        }
        let client = try TestClient(server.address)
        client.send(get)
        let (end, text) = client.end()
        #expect(end == .closed)
        #expect(text.hasSuffix("\r\n\r\n3\r\none\r\n"))
        await server.handler.closed(1)
    }

    @Test("one that would end with its connection is reset, since an orderly end would be that of the body")
    func abortUntilClose() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send("GET / HTTP/1.0\r\n\r\n")
        let held = await server.handler.next()
        let stream = await held.client.stream(.text("one"))
        #expect(client.reads(until: "one"))
        await stream.abort()
        #expect(client.end().0 == .reset)
        #expect(await held.client.isGone == false, "it is the handler that went")
    }

    @Test(
        "a client that goes away during a stream is reported once, and what follows goes nowhere",
        arguments: [true, false])
    func gone(isReset: Bool) async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get)
        let held = await server.handler.next()
        let stream = await held.client.stream(.text("one"))
        #expect(client.reads(until: "one\r\n"))
        await Self.gone(held.client) { isReset ? client.reset() : client.endSending() }
        #expect(await held.client.isGone)
        #expect(await stream.isDiscarded)
        await stream.send([1])
        await stream.end()
        await server.handler.closed(1)
        #expect(await server.handler.closed == 1)
    }

    @LoopActor
    private static func gone(_ client: Client, after action: () -> Void) async {
        await withCheckedContinuation { waiter in
            // A second call would end the test.
            client.onGone = { waiter.resume() }
            action()
        }
    }

    // MARK: Slow clients, slow sources

    /// A source of many pieces that waits while the stream is full.
    @LoopActor
    private final class Source {
        nonisolated static let piece = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* (31 >> 3)) }

        private let count: Int
        private(set) var sent = 0
        /// How often the stream was full and had room again.
        private(set) var pauses = 0
        private(set) var isGone = false

        nonisolated init(pieces count: Int) {
            self.count = count
        }

        func fill(_ stream: ResponseStream, of client: Client) {
            client.onGone = { [self] in isGone = true }
            stream.onRoom = { [self] in
                pauses += 1
                fill(stream)
            }
            fill(stream)
        }

        private func fill(_ stream: ResponseStream) {
            while sent < count, !stream.isFull {
                stream.send(Self.piece)
                sent += 1
            }
            if sent == count { stream.end() }
        }
    }

    @Test("a source that waits while the stream is full sends all to a client that reads, however much that is")
    func backPressure() async throws {
        let count = 1_000
        let source = Source(pieces: count)
        let server = try await TestServer { _, client, _ in
            source.fill(client.stream(Response(status: 200)), of: client)
        }
        let client = try TestClient(server.address)
        client.send(get)
        let answer = try client.answer()
        #expect(answer.chunks == Array(repeating: Source.piece, count: count))
        let rounds = Source.piece.count * count / EdgeLimits().buffers.streamed / 2
        #expect(await source.pauses >= rounds)
    }

    @Test("a client that does not read a stream has its source wait, and is dropped when a write's time is up")
    func writeTimeout() async throws {
        var limits = EdgeLimits()
        limits.client.times.write = .milliseconds(50)
        // More than sockets hold.
        let count = 6_000
        let source = Source(pieces: count)
        let server = try await TestServer(limits) { _, client, _ in
            source.fill(client.stream(Response(status: 200)), of: client)
        }
        let client = try TestClient(server.address)
        client.send(get)
        await server.handler.closed(1)
        #expect(await source.isGone)
        #expect(await source.sent < count, "it still waits")
        _ = client.end()
    }

    @Test("a stream whose source is silent for longer than any of the edge's times goes on")
    func silentSource() async throws {
        var limits = EdgeLimits()
        limits.client.times.header = .milliseconds(10)
        limits.client.times.keepAliveIdle = .milliseconds(10)
        limits.client.times.write = .milliseconds(10)
        let server = try await TestServer(limits) { request, client, _ in
            let stream = client.stream(.text("one"))
            LoopTimer.once(at: request.received + .milliseconds(60)) {
                stream.send(Array("two".utf8))
                stream.end()
            }
        }
        let client = try await TestClient.connected(to: server.address, sending: get)
        #expect(try client.answer().text == "onetwo")
    }

    // MARK: Drain

    @Test("a stream in progress goes out whole when the server drains, and its connection ends soon after")
    func drainDuring() async throws {
        var limits = EdgeLimits()
        limits.client.times.drainGrace = .milliseconds(10)
        let server = try await TestServer(limits)
        let client = try TestClient(server.address)
        client.send(get)
        let stream = await server.handler.next().client.stream(.text("one"))
        #expect(client.reads(until: "one\r\n"))
        await server.server.drain {}
        await stream.send(Array("two".utf8))
        await stream.end()
        #expect(try client.answer().text == "onetwo")
        #expect(client.end() == (.closed, ""))
        client.endSending()
        await server.handler.closed(1)
    }

    @Test("a stream that begins when the server drains says close, and is the last answer")
    func drainBefore() async throws {
        let server = try await TestServer()
        let client = try TestClient(server.address)
        client.send(get)
        let held = await server.handler.next()
        await server.server.drain {}
        let stream = await held.client.stream(.text("one"))
        #expect(client.reads(until: "one\r\n"))
        client.send(get)
        await stream.end()
        let answer = try client.answer()
        #expect(answer.text == "one")
        #expect(answer.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
        client.endSending()
        await server.handler.closed(1)
    }
}
