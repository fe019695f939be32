package import Base
import Glibc
package import Processes

/// Serves the control socket: reads one message, answers with one that is a JSON document, closes.
///
/// Only root and the daemon's own user are served, whatever became of the socket file's mode. A client is held to
/// `SupervisionLimits`: its message is bounded, and one that neither sends nor reads is dropped. All
/// writes are non-blocking, so that no client can stop the supervisor.
package final class ControlServer {
    private let socket: ListeningSocket
    private var clients: [Int: Client] = [:]
    private var nextClient = 0
    /// After a failed accept, when to try again: the client still waits, and asking at once would fail the same way.
    private var pausedUntil: MonotonicTime?

    /// Binds the control socket at a path; only its owner may connect (mode 0600).
    package init(path: String) throws(SystemError) {
        socket = try ListeningSocket(bindingTo: SocketAddress(unixPath: path), mode: 0o600)
    }

    /// Takes over the control socket of the program before; one that has another path by now is opened anew.
    package init(path: String, handedOver: Int32) throws(SystemError) {
        let held = try ListeningSocket(adopting: handedOver, withFile: true)
        let wanted = try SocketAddress(unixPath: path)
        if held.address == wanted {
            socket = held
        } else {
            held.removeFile()
            socket = try ListeningSocket(bindingTo: wanted, mode: 0o600)
        }
    }

    /// Its number, for the program that takes over.
    package var descriptor: Int32 { socket.descriptor.number }
    /// Whether nobody waits for an answer.
    package var isIdle: Bool { clients.isEmpty }

    /// Where it listens.
    package var address: SocketAddress { socket.address }

    /// When `dropLateClients` is due; nil when nothing is waited for.
    package var deadline: MonotonicTime? { (clients.values.map(\.deadline) + [pausedUntil].compactMap(\.self)).min() }

    /// Adds what this server waits for.
    ///
    /// At the limit of clients, further ones wait in the socket's queue.
    package func add(to polls: inout PollSet) {
        if clients.count < SupervisionLimits.controlClients, pausedUntil == nil {
            polls.read(socket.descriptor, .control)
        }
        for (number, client) in clients {
            if client.answer == nil {
                polls.read(client.descriptor, .client(number))
            } else {
                polls.write(client.descriptor, .client(number))
            }
        }
    }

    /// Accepts a client that waits.
    package func accept(at now: MonotonicTime) throws(SystemError) {
        // Lifted below; stands when accepting throws, as it does without a free descriptor.
        pausedUntil = now + SupervisionLimits.controlClient
        let accepted = try socket.accept()
        pausedUntil = nil
        guard let descriptor = accepted else { return }
        clients[nextClient] = Client(descriptor, deadline: now + SupervisionLimits.controlClient)
        nextClient += 1
    }

    /// Goes on with a client that can be read or written; `perform` carries a command out and returns its answer.
    package func advance(_ number: Int, at now: MonotonicTime, perform: (ControlCommand) -> String) {
        guard let client = clients[number] else { return }
        do throws(SystemError) {
            if client.answer == nil { try read(client, at: now, perform: perform) }
            if let answer = client.answer, try client.write(answer) { client.isDone = true }
        } catch {
            // It went away in the middle; there is nobody left to tell.
            client.isDone = true
        }
        if client.isDone { clients[number] = nil }
    }

    /// Drops the clients whose time is up, and accepts again after a pause.
    package func dropLateClients(at now: MonotonicTime) {
        if let pausedUntil, pausedUntil <= now { self.pausedUntil = nil }
        clients = clients.filter { $0.value.deadline > now }
    }

    /// Closes everything and removes the socket's file.
    package func close() {
        clients = [:]
        socket.removeFile()
    }

    private func read(
        _ client: Client, at now: MonotonicTime, perform: (ControlCommand) -> String
    ) throws(SystemError) {
        guard let piece = try client.descriptor.read(upTo: SupervisionLimits.controlLine) else { return }
        let answer: String
        switch client.question.append(piece) {
        case .incomplete: return
        case .empty:
            client.isDone = true
            return
        case .tooLong:
            answer = ControlCommand.errorAnswer("a command has at most \(SupervisionLimits.controlLine) bytes")
        case .version(let other):
            answer = ControlCommand.errorAnswer(
                "the daemon speaks version \(ControlFrame.version) of the control protocol and you \(other); use the "
                    + "gatewayctl that was installed with it")
        case .foreign:
            answer = ControlCommand.errorAnswer(
                "that is not version \(ControlFrame.version) of the control protocol; use gatewayctl")
        case .complete(let line):
            answer = mayAsk(client) ?? Self.answer(to: Array(line.utf8), perform)
        }
        client.answer = ControlFrame.encode(answer + "\n")[...]
        client.deadline = now + SupervisionLimits.controlClient
    }

    private static func answer(to line: [UInt8], _ perform: (ControlCommand) -> String) -> String {
        ControlCommand(line: line).map(perform) ?? ControlCommand.unknownAnswer(to: line)
    }

    /// Why a client is not served; nil when it is.
    private func mayAsk(_ client: Client) -> String? {
        let user = client.descriptor.peerUser()
        if user == 0 || user == geteuid() { return nil }
        let name = user.map { "user \($0)" } ?? "an unknown user"
        return ControlCommand.errorAnswer("\(name) may not control the daemon; root and user \(geteuid()) may")
    }

    /// A connected client: first its question comes in, then its answer goes out.
    private final class Client {
        let descriptor: Descriptor
        var question = ControlFrame.Collector(limit: SupervisionLimits.controlLine)
        /// What is still to be written; nil while the question comes in.
        var answer: ArraySlice<UInt8>?
        var deadline: MonotonicTime
        var isDone = false

        init(_ descriptor: consuming Descriptor, deadline: MonotonicTime) {
            self.descriptor = descriptor
            self.deadline = deadline
        }

        /// Writes what the client takes now; true when that was all.
        func write(_ answer: ArraySlice<UInt8>) throws(SystemError) -> Bool {
            guard let count = try descriptor.write(answer) else { return false }
            self.answer = answer.dropFirst(count)
            return count == answer.count
        }
    }
}
