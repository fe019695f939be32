import Access
import Base
import HTTP
import HTTPEdge
import Loop
import Testing

/// What one client may take of a server.
@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    private let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    private func limits(_ change: (inout EdgeLimits) -> Void) -> EdgeLimits {
        var limits = EdgeLimits()
        change(&limits)
        return limits
    }

    @Test("a connection ends with the answer to the last request that it may have, and nothing behind that is read")
    func requests() async throws {
        let server = try await TestServer.echo(limits { $0.client.connections.requests = 2 })
        let client = try TestClient(server.address)
        client.send(get + get + get)
        #expect(try !client.answer().fields.contains("Connection: close"))
        #expect(try client.answer().fields.contains("Connection: close"))
        #expect(client.end().rest.isEmpty)
    }

    @Test("a client address has as many connections as it may, and another one when one of them has ended")
    func perClient() async throws {
        let server = try await TestServer(
            limits { $0.client.connections.perClient = 2 }, proxies: TrustedProxies(AddressGroup())
        ) {
            request, _, reply in reply(.echo(request))
        }
        let clients = try (0..<2).map { _ in try TestClient(server.address) }
        for client in clients {
            client.send(get)
            #expect(try client.answer().status == 200)
        }
        let third = try TestClient(server.address)
        #expect(third.end().rest.isEmpty)
        clients[0].reset()
        await server.handler.closed(2)
        let fourth = try TestClient(server.address)
        fourth.send(get)
        #expect(try fourth.answer().status == 200)
        withExtendedLifetime(clients) {}
    }

    @Test("connections beyond those that there may be wait, and are served when there is room")
    func connections() async throws {
        let server = try await TestServer.echo(limits { $0.client.connections.atOnce = 1 })
        let first = try TestClient(server.address)
        first.send(get)
        #expect(try first.answer().status == 200)
        let second = try TestClient(server.address)
        second.send(get)
        first.send(get)
        #expect(try first.answer().status == 200)
        #expect(await server.handler.opened == 1)
        first.reset()
        #expect(try second.answer().status == 200)
    }

    @Test("a body that stops coming is refused, whether it is put together or taken as it comes")
    func slowBody() async throws {
        let slow = limits {
            // Long enough for what is sent to have arrived, however busy the machine is.
            $0.client.times.header = .milliseconds(500)
            $0.client.leastRate = 1 << 20
        }
        let post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nab"
        let whole = try await TestServer.echo(slow)
        let client = try await TestClient.connected(to: whole.address, sending: post)
        #expect(try client.answer().status == 408)
        #expect(client.end() == (.closed, ""))

        let streaming = try await TestServer(slow) { _, client, reply in
            client.body?.start(take: { _ in true }) { end in
                guard case .refused(let status, _) = end else { return reply(Response(status: 200)) }
                reply(Response(status: status))
            }
        }
        await streaming.handler.read(.streamed(limit: 100))
        let other = try await TestClient.connected(to: streaming.address, sending: post)
        #expect(try other.answer().status == 408)
        #expect(other.end().rest.isEmpty)
    }
}
