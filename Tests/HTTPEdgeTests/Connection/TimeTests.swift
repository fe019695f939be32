import Base
import HTTP
import HTTPEdge
import Loop
import Processes
import Testing

/// How long a client may take, and how a server ends.
@Suite(.timeLimit(.minutes(5))) struct TimeTests {
    private let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    /// Limits that no test reaches by accident.
    private func limits(_ change: (inout EdgeLimits) -> Void) -> EdgeLimits {
        var limits = EdgeLimits()
        for limit in [\ClientLimits.Times.header, \.keepAliveIdle, \.write, \.drainGrace] {
            limits.client.times[keyPath: limit] = .seconds(3_600)
        }
        change(&limits)
        return limits
    }

    // MARK: Limits

    @Test("a connection on which nothing comes is closed when a header's time is up")
    func silent() async throws {
        let server = try await TestServer.echo(limits { $0.client.times.header = .milliseconds(20) })
        let client = try TestClient(server.address)
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals.isEmpty)
    }

    @Test("a connection is closed in order when no further request comes in time")
    func idle() async throws {
        let server = try await TestServer.echo(
            limits {
                $0.client.times.header = .milliseconds(20)
                $0.client.times.keepAliveIdle = .milliseconds(60)
            })
        let start = MonotonicTime.now()
        let client = try await TestClient.connected(to: server.address, sending: get)
        #expect(try client.answer().status == 200)
        #expect(client.end() == (.closed, ""))
        #expect(MonotonicTime.now().since(start) >= .milliseconds(50))
    }

    @Test(
        "a request that begins and does not end in time is answered with 408",
        arguments: ["G", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nok"])
    func slowRequest(text: String) async throws {
        let server = try await TestServer.echo(limits { $0.client.times.header = .milliseconds(20) })
        let client = try await TestClient.connected(to: server.address, sending: text)
        #expect(try client.answer().status == 408)
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals == [408])
    }

    @Test("the time of a request's header is as short on a connection that has been idle for longer than that")
    func slowAfterIdle() async throws {
        let server = try await TestServer.echo(limits { $0.client.times.header = .milliseconds(20) })
        let client = try await TestClient.connected(to: server.address, sending: get)
        #expect(try client.answer().status == 200)
        // Until the connection has looked at its time once and goes by the idle time, which is an hour.
        await withCheckedContinuation { done in
            LoopActor.execute { LoopTimer.once(at: .now() + .milliseconds(60)) { done.resume() } }
        }
        client.send("GET /")
        #expect(try client.answer().status == 408)
    }

    @Test("an empty line between requests begins none: the connection is idle as before")
    func emptyLine() async throws {
        let server = try await TestServer.echo(
            limits {
                $0.client.times.header = .milliseconds(20)
                $0.client.times.keepAliveIdle = .milliseconds(60)
            })
        let client = try await TestClient.connected(to: server.address, sending: get + "\r\n")
        #expect(try client.answer().status == 200)
        #expect(client.end() == (.closed, ""))
        #expect(await server.handler.refusals.isEmpty)
    }

    @Test("a client that takes no more of its answer is dropped when a write's time is up")
    func writeTimeout() async throws {
        let server = try await TestServer(limits { $0.client.times.write = .milliseconds(50) }) { _, _, reply in
            reply(Response(status: 200, body: [UInt8](repeating: 0, count: 64 << 20)))
        }
        let client = try TestClient(server.address)
        client.send(get)
        await server.handler.closed(1)
        #expect(await server.handler.opened == 1)
        _ = client.end()
    }

    @Test("a handler may take longer than any of these times")
    func slowHandler() async throws {
        let server = try await TestServer(
            limits {
                $0.client.times.header = .milliseconds(10)
                $0.client.times.keepAliveIdle = .milliseconds(10)
                $0.client.times.write = .milliseconds(10)
            }
        ) { request, _, reply in
            LoopTimer.once(at: request.received + .milliseconds(60)) { reply(.echo(request)) }
        }
        let client = try await TestClient.connected(to: server.address, sending: get)
        #expect(try client.answer().text == "GET / ")
    }

    // MARK: Drain

    /// Begins to drain a server; what it returns waits for the end.
    private func drain(_ server: TestServer) async -> Task<Void, Never> {
        let isDrained = Flag()
        await Self.drain(server, isDrained)
        return Task { await isDrained.wait() }
    }

    @LoopActor
    private static func drain(_ server: TestServer, _ isDrained: Flag) {
        server.server.drain { isDrained.set() }
    }

    /// What is waited for.
    @LoopActor
    private final class Flag {
        private var isSet = false
        private var waiter: CheckedContinuation<Void, Never>?

        func set() {
            isSet = true
            waiter?.resume()
            waiter = nil
        }

        func wait() async {
            guard !isSet else { return }
            await withCheckedContinuation { waiter = $0 }
        }
    }

    @Test("a server without connections has drained at once")
    func drainNothing() async throws {
        let server = try await TestServer.echo()
        await drain(server).value
        #expect(await server.server.isDraining)
    }

    @Test("an idle connection is closed in order when the server drains, one that never said anything as well")
    func drainIdle() async throws {
        let server = try await TestServer.echo(limits { $0.client.times.drainGrace = .milliseconds(10) })
        let used = try TestClient(server.address)
        used.send(get)
        #expect(try used.answer().status == 200)
        let fresh = try TestClient(server.address)
        used.send(get)
        #expect(try used.answer().status == 200, "by now the other one is accepted as well, or waits in the queue")
        let end = await drain(server)
        for client in [used, fresh] {
            #expect(client.end() == (.closed, ""))
            client.endSending()
        }
        await end.value
        #expect(await server.handler.opened == 2)
        #expect(await server.handler.closed == 2)
    }

    @Test("a request that comes in a drain's grace is answered, and told that it is the last")
    func drainGrace() async throws {
        let server = try await TestServer.echo(limits { _ in })
        let client = try TestClient(server.address)
        client.send(get)
        #expect(try client.answer().status == 200)
        let end = await drain(server)
        client.send(get)
        let last = try client.answer()
        #expect(last.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
        client.endSending()
        await end.value
    }

    @Test("requests in progress are answered when the server drains, and the last of them says close")
    func drainInProgress() async throws {
        let server = try await TestServer(limits { _ in })
        let client = try TestClient(server.address)
        client.send(get + get)
        let first = await server.handler.next()
        let end = await drain(server)
        await first.reply(.text("one"))
        await server.handler.next().reply(.text("two"))
        #expect(try client.answer().fields.contains("Connection: close") == false)
        let last = try client.answer()
        #expect(last.text == "two")
        #expect(last.fields.contains("Connection: close"))
        #expect(client.end() == (.closed, ""))
        client.endSending()
        await end.value
    }

    @Test("an answer that was going out when the drain began goes out whole, and its connection ends soon after")
    func drainWriting() async throws {
        let server = try await TestServer(limits { $0.client.times.drainGrace = .milliseconds(10) }) { _, _, reply in
            reply(Response(status: 200, body: [UInt8](repeating: 0, count: 64 << 20)))
        }
        let client = try TestClient(server.address)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.firstBytes())
        let end = await drain(server)
        #expect(try client.answer().body.count == (64 << 20))
        #expect(client.end() == (.closed, ""))
        client.endSending()
        await end.value
    }
}
