import Base
import HTTP
import Loop
import Policy

@testable import Upstream

/// An engine whose calls go nowhere, and end when a test says how.
@LoopActor
final class FakeEngine: CallEngine {
    /// A call that was ordered.
    @LoopActor
    struct Made {
        let time: MonotonicTime
        let transfer: Transfer
        fileprivate(set) var isCancelled = false

        var order: CallOrder { _read { yield transfer.order } }
        var target: String { String(decoding: order.target, as: UTF8.self) }
        /// The lines that it carries, those of its own included.
        var lines: String {
            String(decoding: (order.headers?.bytes ?? []) + (order.message?.fields ?? []), as: UTF8.self)
        }
    }

    private(set) var calls: [Made] = []
    var isNearlyFull = false
    /// Whether no call can begin.
    var isClosed = false

    func call(_ order: consuming CallOrder, at now: MonotonicTime) -> RunningCall {
        let deadline = now + order.timeout
        let transfer = Transfer(order, deadline: deadline, line: 0)
        calls.append(Made(time: now, transfer: transfer))
        return .transfer(transfer)
    }

    func cancel(_ call: RunningCall) {
        guard case .transfer(let transfer) = call, let place = calls.firstIndex(where: { $0.transfer === transfer })
        else { return }
        calls[place].isCancelled = true
    }

    func canBegin(_ endpoint: Endpoint) -> Bool { !isClosed }

    var targets: [String] { calls.map(\.target) }
    var cancelled: [Int] { calls.indices.filter { calls[$0].isCancelled } }

    /// Ends the call at this place of those that were made; one that was cancelled has nobody to tell.
    func end(_ place: Int, _ result: TransferResult) {
        guard !calls[place].isCancelled else { return }
        calls[place].order.owner?.settled(calls[place].order.index, result)
    }

    func answer(_ place: Int, _ body: String, status: Int = 200) {
        end(place, .response(status: status, body: Array(body.utf8), fields: nil))
    }
}
