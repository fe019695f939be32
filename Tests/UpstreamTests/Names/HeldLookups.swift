import Base
import Dispatch
import Processes

/// A resolver whose lookups take until the test answers them.
final class HeldLookups: Sendable {
    private struct Held {
        var gate: DispatchSemaphore
        var addresses: [IPAddress]?
    }

    private struct State {
        var started: [String] = []
        var held: [String: Held] = [:]
    }

    private let state = Locked(State())

    /// What `Names` is given; blocks its thread.
    func lookUp(_ host: String) -> [IPAddress]? {
        let gate = DispatchSemaphore(value: 0)
        state.withLock {
            $0.started.append(host)
            $0.held[host] = Held(gate: gate)
        }
        gate.wait()
        return state.withLock { $0.held.removeValue(forKey: host)?.addresses }
    }

    /// The names whose lookups began, in that order.
    var started: [String] { state.withLock { $0.started } }

    /// How many lookups of a name began.
    func count(_ host: String) -> Int { started.count { $0 == host } }

    /// Ends a lookup that began.
    func answer(_ host: String, _ addresses: [IPAddress]?) {
        state.withLock {
            $0.held[host]?.addresses = addresses
            $0.held[host]?.gate.signal()
        }
    }
}
