package import Loop

/// Who waits for an answer, as its handler sees it.
///
/// Cheaper than cancelling a task, whose handler would be called on any thread: all of this happens on the loop.
@LoopActor
package final class Client {
    /// Whether nobody will read the answer.
    package private(set) var isGone = false
    /// Called once, when the client goes away before its answer is out.
    package var onGone: (() -> Void)?

    /// One that waits.
    package init() {}

    func leave() {
        isGone = true
        let onGone = self.onGone
        self.onGone = nil
        onGone?()
    }
}
