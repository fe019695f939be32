package import Configuration
package import Processes

/// The sockets of clients and of the admin endpoints: those that systemd passed where an address matches, else our own.
///
/// The supervisor holds them for as long as it lives, so that neither a dead worker nor a dead admin process loses a
/// connection that waits to be accepted.
package struct Listeners {
    /// Those of clients, in the order of the configuration; passed ones that it does not name follow.
    package private(set) var clients: [ListeningSocket]
    package let admin: ListeningSocket

    /// Anyone who can reach the socket's directory may connect, as anyone may to a TCP port; nginx does the same.
    private static let mode: UInt32 = 0o666

    /// Opens what the configuration names and `passed` does not already hold.
    ///
    /// Throws a `StartError` with 69 when an address cannot be bound; what was bound until then is closed and its socket
    /// files are removed.
    package init(_ configuration: Configuration, passed: [ListeningSocket]) throws(StartError) {
        var rest = passed
        var opened: [ListeningSocket] = []
        do throws(SystemError) {
            for address in configuration.listen { opened.append(try Self.open(address, takingFrom: &rest)) }
            admin = try Self.open(configuration.admin, takingFrom: &rest)
        } catch {
            for socket in opened { socket.removeFile() }
            throw StartError(exitCode: 69, description: error.description)
        }
        clients = opened + rest
    }

    /// Lets go of the clients' sockets when the drain begins, and removes their files.
    ///
    /// Once the workers have closed theirs too, a new connection is refused and can be tried elsewhere at once, instead
    /// of waiting in a queue that nobody empties any more.
    package mutating func closeClients() {
        for socket in clients { socket.removeFile() }
        clients = []
    }

    /// Removes the socket files that were made here.
    package func removeFiles() {
        for socket in clients { socket.removeFile() }
        admin.removeFile()
    }

    private static func open(
        _ address: ListenAddress, takingFrom passed: inout [ListeningSocket]
    ) throws(SystemError) -> ListeningSocket {
        let wanted =
            switch address {
            case .tcp(let host, let port): try SocketAddress(host: host, port: port)
            case .unix(let path): try SocketAddress(unixPath: path)
            }
        if let index = passed.firstIndex(where: { serves($0.address, wanted) }) { return passed.remove(at: index) }
        return try ListeningSocket(bindingTo: wanted, mode: mode)
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
