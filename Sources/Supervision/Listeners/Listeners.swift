package import Configuration
package import Processes

/// The sockets of clients: those that systemd passed or kept where an address matches, else our own.
///
/// The supervisor holds them, so that a dead worker loses no connection that waits to be accepted.
package struct Listeners {
    /// One socket, and the address of the configuration that it serves; nil for a passed one that it does not name.
    private struct Entry {
        var address: ListenAddress?
        var socket: ListeningSocket
        var isPassed: Bool
    }

    private var entries: [Entry]

    /// Anyone who can reach the socket's directory may connect, as anyone may to a TCP port; nginx does the same.
    private static let mode: UInt32 = 0o666

    /// In the order of the configuration; passed ones that it does not name follow.
    package var sockets: [ListeningSocket] { entries.map(\.socket) }
    /// Those that end with the service, unless systemd is asked to keep them.
    package var own: [ListeningSocket] { entries.filter { !$0.isPassed }.map(\.socket) }

    /// Opens what the configuration names and systemd does not already hold; takes all that a socket unit passed.
    ///
    /// One that was kept for an address that is no longer named is closed, and its file removed. Throws a `StartError` with
    /// 69 when an address cannot be bound; what was bound until then is closed and its socket files are removed.
    package init(_ configuration: Configuration, _ systemd: SystemdSockets) throws(StartError) {
        let held =
            systemd.passed.map { Entry(address: nil, socket: $0, isPassed: true) }
            + systemd.kept.map { Entry(address: nil, socket: $0, isPassed: false) }
        entries = try Self.open(configuration.sockets.listen, holding: held)
        for socket in systemd.kept where !entries.contains(where: { $0.socket === socket }) { socket.removeFile() }
    }

    /// Takes over what the program before had open, and opens what else the configuration names.
    ///
    /// Throws as the other does, and for a descriptor that is no listening socket.
    package init(_ configuration: Configuration, handedOver: [Handover.Listener]) throws(StartError) {
        var held: [Entry] = []
        do throws(SystemError) {
            for one in handedOver {
                let socket = try ListeningSocket(adopting: one.descriptor, withFile: !one.isPassed)
                held.append(Entry(address: try? ListenAddress(one.address), socket: socket, isPassed: one.isPassed))
            }
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
        entries = try Self.open(configuration.sockets.listen, holding: held)
    }

    /// What the program that takes over is told of them.
    package var handover: [Handover.Listener] {
        entries.map {
            Handover.Listener(
                descriptor: $0.socket.descriptor.number, isPassed: $0.isPassed,
                address: $0.address?.description ?? "")
        }
    }

    private init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// Those of another configuration: sockets whose address stays are shared, the others are opened now.
    ///
    /// Passed ones stay in any case: they are not ours to close. Throws as `init` does, and then leaves this as it is.
    package func reopened(for configuration: Configuration) throws(StartError) -> Listeners {
        Listeners(try Self.open(configuration.sockets.listen, holding: entries))
    }

    /// Closes those that `kept` does not have, and removes their files.
    ///
    /// Once the workers have closed theirs too, a new connection is refused and can be tried elsewhere at once, instead
    /// of waiting in a queue that nobody empties any more.
    package mutating func close(except kept: Listeners? = nil) {
        for entry in entries where !(kept?.entries.contains { $0.socket === entry.socket } ?? false) {
            entry.socket.removeFile()
        }
        entries = []
    }

    /// The socket for the admin endpoints; one of systemd's that matches is taken out of them.
    ///
    /// Throws a `StartError` with 69 when the address cannot be bound.
    package static func admin(
        _ configuration: Configuration, takingFrom systemd: inout SystemdSockets, handedOver: Int32? = nil
    ) throws(StartError) -> ListeningSocket {
        do throws(SystemError) {
            let wanted = try address(configuration.sockets.admin)
            if let handedOver {
                let socket = try ListeningSocket(adopting: handedOver, withFile: true)
                // Port 0 is whichever was chosen for it.
                if serves(socket.address, wanted) || wanted.port == 0 { return socket }
            }
            if let socket = systemd.remove(where: { serves($0, wanted) }) { return socket }
            return try ListeningSocket(bindingTo: wanted, mode: mode)
        } catch {
            throw StartError(exitCode: 69, description: error.description)
        }
    }

    /// A socket for each address, of those held where one matches; passed ones that match none follow.
    private static func open(
        _ addresses: [ListenAddress], holding held: [Entry]
    ) throws(StartError) -> [Entry] {
        var rest = held
        var result: [Entry] = []
        var opened: [ListeningSocket] = []
        do throws(SystemError) {
            for wanted in addresses {
                let target = try address(wanted)
                // Port 0 is the one that was chosen for it; an address is compared as the kernel has it otherwise.
                let match = rest.firstIndex { $0.address == wanted || serves($0.socket.address, target) }
                if let match {
                    var entry = rest.remove(at: match)
                    entry.address = wanted
                    result.append(entry)
                } else {
                    let socket = try ListeningSocket(bindingTo: target, mode: mode)
                    opened.append(socket)
                    result.append(Entry(address: wanted, socket: socket, isPassed: false))
                }
            }
        } catch {
            for socket in opened { socket.removeFile() }
            throw StartError(exitCode: 69, description: error.description)
        }
        let unnamed = rest.filter(\.isPassed).map { Entry(address: nil, socket: $0.socket, isPassed: true) }
        return result + unnamed
    }

    private static func address(_ address: ListenAddress) throws(SystemError) -> SocketAddress {
        switch address {
        case .tcp(let host, let port): try SocketAddress(host: host, port: port)
        case .unix(let path): try SocketAddress(unixPath: path)
        }
    }

    /// Whether a passed socket is the wanted one.
    ///
    /// systemd's `ListenStream=80` is `[::]:80` and takes IPv4 as well, so that binding `0.0.0.0:80` beside it would
    /// fail.
    package static func serves(_ passed: SocketAddress, _ wanted: SocketAddress) -> Bool {
        if passed == wanted { return true }
        guard let port = wanted.port else { return false }
        return wanted.description == "0.0.0.0:\(port)" && passed.description == "[::]:\(port)"
    }
}
