import HTTPEdge
import Loop

/// Who waits for what a run comes to, and is told once; a run lives as long as somebody waits for it.
@LoopActor
struct RunWaiter<Result> {
    private var client: Client?
    private var done: ((Result) -> Void)?

    /// Begins to wait.
    ///
    /// - Parameter left: Called when the client goes away before the end.
    mutating func wait(for client: Client, left: @escaping () -> Void, done: @escaping (Result) -> Void) {
        self.client = client
        self.done = done
        client.onGone = left
    }

    /// Whom to tell; nil where nobody waits any more.
    mutating func end() -> ((Result) -> Void)? {
        guard let done else { return nil }
        self.done = nil
        client?.onGone = nil
        return done
    }
}
