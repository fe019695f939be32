import Foundation
import Testing

@testable import Processes

/// What `ControlClient` makes of whoever listens at the control socket.
@Suite struct ControlClientTests {
    /// The answer, or the error, when one that listens there reads the question and sends this; with nil it does not
    /// even read.
    private func asked(_ reply: [UInt8]?) throws -> String {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s.sock"
        let listener = try ListeningSocket(bindingTo: SocketAddress(unixPath: path))
        let number = listener.descriptor.number
        // On a thread of its own: those of async functions are few, and this one waits.
        Thread.detachNewThread { Self.serve(number, reply) }
        return Self.ask(path).replacing(path, with: "PATH")
    }

    private static func serve(_ listener: Int32, _ reply: [UInt8]?) {
        guard becomesReadable(listener) else { return }
        let client = Descriptor(owning: accept(listener, nil, nil))
        guard let reply, becomesReadable(client.number), (try? client.read(upTo: 4_096)) != nil else { return }
        // In two pieces, as a stream may cut them anywhere; after the first one the client may know enough.
        for piece in [Array(reply.prefix(5)), Array(reply.dropFirst(5))] where !piece.isEmpty {
            _ = send(client.number, piece, piece.count, Int32(MSG_NOSIGNAL))
        }
    }

    private static func ask(_ path: String) -> String {
        do throws(SystemError) {
            return try ControlClient.ask("status", socket: path)
        } catch {
            return error.description
        }
    }

    @Test("an answer is told as it came, also an empty one")
    func answers() throws {
        #expect(try asked(ControlFrame.encode("{\"ü\":1}\n")) == "{\"ü\":1}\n")
        #expect(try asked(ControlFrame.encode("")) == "")
    }

    @Test("a daemon of another version is told apart, with both versions and what to do")
    func version() throws {
        let told = try asked(ControlFrame.encode("{}", version: 9))
        #expect(told.contains("the daemon speaks version 9 of the control protocol and this program 1"))
        #expect(told.contains("use the gatewayctl that was installed with the daemon"))
    }

    @Test("another program, half an answer, too much of one and none are errors that name the socket")
    func mistakes() throws {
        for foreign in [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), ControlFrame.encode("{}").dropLast()] {
            #expect(try asked(foreign).hasPrefix("cannot talk to PATH: whoever listens there is no gatewayd"))
        }
        let large = Array("GWC".utf8) + [ControlFrame.version, 255, 255, 255, 255]
        #expect(try asked(large).hasPrefix("cannot take the answer of PATH: "))
        #expect(try asked([]) == "cannot read from PATH: Connection reset by peer")
    }

    @Test("a daemon that ends before it has read the question is an error, and no signal ends the one who asks")
    func gone() throws {
        let told = try asked(nil)
        #expect(told.hasPrefix("cannot write to PATH: ") || told.contains("Connection reset by peer"), "\(told)")
    }

    @Test("where nobody listens, that is what is told")
    func nobody() throws {
        let path = "/nonexistent/s.sock"
        #expect(Self.ask(path) == "cannot reach the daemon at \(path): No such file or directory")
    }
}
