import Base
import Testing

@testable import Supervision

@Suite struct RollQueueTests {
    private let start = MonotonicTime(nanoseconds: 7_000_000_000)

    private func queue(_ change: (inout RollQueue) -> Void) -> RollQueue {
        var queue = RollQueue(at: start)
        change(&queue)
        return queue
    }

    /// All that comes out without anything else being asked for.
    private func order(_ queue: RollQueue) -> [RollQueue.Next] {
        var queue = queue
        var found: [RollQueue.Next] = []
        while let next = queue.next(slots: [0, 1, 2], recycles: false, at: start) { found.append(next) }
        return found
    }

    @Test("a reload comes first, then the workers of another program, then restarts, and each once")
    func inOrder() {
        let full = queue {
            $0.restartsWanted = [1]
            $0.isRestartOfAllWanted = true
            $0.isUpgradeWanted = true
            $0.isReloadWanted = true
        }
        #expect(!full.isEmpty)
        #expect(order(full) == [.reload, .upgrade, .restart([0, 1, 2], isOfAll: true)])
        #expect(order(queue { _ in }) == [])
        #expect(queue { _ in }.isEmpty)
    }

    @Test("restarts of single slots go together, and a slot that went out of use is passed over")
    func singleRestarts() {
        #expect(order(queue { $0.restartsWanted = [2, 0, 9] }) == [.restart([0, 2], isOfAll: false)])
        #expect(order(queue { $0.restartsWanted = [9] }) == [])
    }

    @Test("after a reload that failed the next one waits, and does not keep a restart waiting")
    func pause() {
        var queue = queue {
            $0.isReloadWanted = true
            $0.isRestartOfAllWanted = true
            $0.reloadFailed(at: start)
        }
        #expect(queue.deadline(recycles: false) == start + .milliseconds(100))
        #expect(queue.next(slots: [0], recycles: false, at: start) == .restart([0], isOfAll: true))
        #expect(queue.next(slots: [0], recycles: false, at: start + .milliseconds(99)) == nil)
        #expect(queue.next(slots: [0], recycles: false, at: start + .milliseconds(100)) == .reload)
        #expect(queue.isEmpty)
    }

    @Test("recycling is looked at every second where it is wanted, and waits a minute after it failed")
    func recycling() {
        var queue = RollQueue(at: start)
        #expect(queue.deadline(recycles: false) == nil)
        #expect(queue.next(slots: [0], recycles: false, at: start) == nil)
        #expect(queue.next(slots: [0], recycles: true, at: start) == .recycling)
        #expect(queue.deadline(recycles: true) == start + .seconds(1))
        #expect(queue.next(slots: [0], recycles: true, at: start + .milliseconds(999)) == nil)
        #expect(queue.next(slots: [0], recycles: true, at: start + .seconds(1)) == .recycling)
        queue.recyclingFailed(at: start + .seconds(1))
        #expect(queue.next(slots: [0], recycles: true, at: start + .seconds(60)) == nil)
        #expect(queue.next(slots: [0], recycles: true, at: start + .seconds(61)) == .recycling)
    }

    @Test("a number of workers is taken once, the last one that was asked for")
    func scale() {
        var queue = queue {
            $0.workersAskedFor = 3
            $0.workersAskedFor = 5
        }
        #expect(!queue.isEmpty)
        #expect(queue.takeWorkersAskedFor() == 5)
        #expect(queue.takeWorkersAskedFor() == nil)
        #expect(queue.isEmpty)
    }
}
