import Loop

/// The transfers that their upstreams' gates did not let in yet, by upstream.
@LoopActor
final class GateQueues: TransferHolder {
    /// None is kept when it is empty.
    private var lines: [ObjectIdentifier: WaitingLine] = [:]

    func append(_ transfer: Transfer) {
        transfer.stage = .held(self)
        lines[ObjectIdentifier(transfer.endpoint.upstream), default: WaitingLine()].append(transfer)
    }

    /// The first that queues at an upstream's gate.
    func popFirst(of upstream: UpstreamServers) -> Transfer? {
        let key = ObjectIdentifier(upstream)
        let first = lines[key]?.popFirst()
        forgetEmpty(key)
        return first
    }

    func abandon(_ transfer: Transfer) {
        let key = ObjectIdentifier(transfer.endpoint.upstream)
        transfer.endpoint.upstream.gate.leftQueue()
        lines[key]?.left()
        forgetEmpty(key)
    }

    private func forgetEmpty(_ key: ObjectIdentifier) {
        if lines[key]?.count == 0 { lines[key] = nil }
    }
}
