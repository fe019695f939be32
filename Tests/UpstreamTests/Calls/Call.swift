import FanOut
import HTTP
import Loop
import Processes

@testable import Upstream

/// One call, whose end is waited for.
@LoopActor
final class Call: TransferOwner {
    private var waiter: CheckedContinuation<TransferResult, Never>?

    /// Starts it and returns how it ended.
    func result(
        of target: String, _ endpoint: Endpoint, _ engine: TransferEngine, _ timeout: Duration, url: HTTPURL? = nil
    ) async -> OddAnswer.Verdict {
        let result = await withCheckedContinuation { waiter in
            self.waiter = waiter
            var order = CallOrder(
                endpoint, target: Array(target.utf8), headers: HeaderList(), timeout: timeout, owner: self)
            order.url = url
            _ = engine.start(order, at: .now())
        }
        return switch result {
        case .response(let status, let body, _): .response(status, OddAnswer.text(body))
        case .failure(let failure): .failure(failure)
        }
    }

    func settled(_ index: Int, _ result: TransferResult) {
        waiter?.resume(returning: result)
        waiter = nil
    }
}
