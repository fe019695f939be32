import Loop
import Testing

/// What the loop runs for others, and for itself.
@Suite struct EventLoopTests {
    /// Numbers in the order in which the loop met them, for each thread that they came from.
    @LoopActor
    private final class Met {
        private(set) var numbers: [[Int]]

        init(threads: Int) { numbers = Array(repeating: [], count: threads) }

        func meet(_ number: Int, from thread: Int = 0) { numbers[thread].append(number) }
    }

    @Test("operations run on the loop, in the order in which one thread handed them in")
    func order() async {
        let met = await Met(threads: 1)
        #expect(!LoopActor.loop.isCurrent)
        for number in 0..<1_000 {
            LoopActor.execute { met.meet(LoopActor.loop.isCurrent ? number : -1) }
        }
        await withCheckedContinuation { done in LoopActor.execute { done.resume() } }
        #expect(await met.numbers == [Array(0..<1_000)])
    }

    @Test("of operations from many threads none is lost, and each thread's are in order")
    func threads() async {
        let met = await Met(threads: 4)
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask { await Self.handIn(2_000, from: thread, to: met) }
            }
        }
        #expect(await met.numbers == Array(repeating: Array(0..<2_000), count: 4))
    }

    private static func handIn(_ count: Int, from thread: Int, to met: Met) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let isStarted = HelperThread.start("test") {
                for number in 0..<count { LoopActor.execute { met.meet(number, from: thread) } }
                LoopActor.execute { done.resume() }
            }
            if !isStarted { done.resume() }
        }
    }

    @Test("what an operation hands in runs in the next turn, not in its own")
    @LoopActor
    func nextTurn() async {
        var order: [String] = []
        await withCheckedContinuation { done in
            LoopActor.execute { order.append("other") }
            LoopActor.execute {
                LoopActor.execute {
                    order.append("inner")
                    done.resume()
                }
                order.append("outer")
            }
            LoopActor.execute { order.append("last") }
        }
        #expect(order == ["other", "outer", "last", "inner"])
    }

    @Test("a thread that waits for an operation gets its result, whether it comes at once or later")
    func waiting() async {
        let results = await withCheckedContinuation { done in
            let isStarted = HelperThread.start("test") {
                let atOnce = LoopActor.wait { say in say(1) }
                let later = LoopActor.wait { say in LoopActor.execute { LoopActor.execute { say(2) } } }
                done.resume(returning: [atOnce, later])
            }
            if !isStarted { done.resume(returning: []) }
        }
        #expect(results == [1, 2])
    }

    @Test("a task of the actor runs on the loop before and after it waits")
    @LoopActor
    func isolation() async {
        #expect(LoopActor.loop.isCurrent)
        await Task.detached {
            #expect(!LoopActor.loop.isCurrent)
        }.value
        #expect(LoopActor.loop.isCurrent)
    }
}
