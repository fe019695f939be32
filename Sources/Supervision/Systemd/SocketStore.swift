package import Processes

/// Which listening sockets systemd holds for the service beside those of socket units, and what to tell it of them.
///
/// It holds what we have opened ourselves, so that connections that arrive between the death of the supervisor and its
/// next start wait instead of being refused. What we close, it must let go of, or clients would wait in a queue that nobody
/// empties.
package struct SocketStore {
    /// What to do, in this order.
    package struct Change: Hashable {
        package var forget: [String] = []
        package var store: [String] = []
    }

    private var held: Set<String>
    private var lost: [String]

    /// Begins with what systemd held when this process started.
    package init(_ systemd: SystemdSockets) {
        self.init(held: systemd.kept.compactMap { SystemdSockets.name(for: $0.address) }, lost: systemd.lost)
    }

    /// Begins with these names, of which those that are `lost` stand for nothing that can be used.
    package init(held: [String] = [], lost: [String] = []) {
        self.held = Set(held)
        self.lost = lost
    }

    /// What there is to tell when just these are in use; each thing is returned once.
    package mutating func change(to names: [String]) -> Change {
        let change = Change(
            forget: lost + held.subtracting(names).sorted(), store: names.filter { !held.contains($0) })
        lost = []
        held = Set(names)
        return change
    }

    /// Tells systemd what has changed since the last call.
    mutating func follow(_ sockets: [ListeningSocket], _ notify: SystemdNotify) throws(SystemError) {
        var named: [String: ListeningSocket] = [:]
        for socket in sockets {
            if let name = SystemdSockets.name(for: socket.address) { named[name] = socket }
        }
        let change = change(to: named.keys.sorted())
        for name in change.forget { try notify.send([.forget(name)]) }
        for name in change.store {
            if let socket = named[name] { try notify.store(socket, as: name) }
        }
    }
}
