import Glibc
import Loop
import Testing

/// Descriptors that are watched.
@Suite struct ReadinessTests {
    /// Does with each event what the test says.
    @LoopActor
    private final class Handler: ReadinessHandler {
        private let action: (CInt, ReadyEvents) -> Void

        init(_ action: @escaping (CInt, ReadyEvents) -> Void) { self.action = action }

        func ready(_ descriptor: CInt, _ events: ReadyEvents) { action(descriptor, events) }
    }

    private func turn() async {
        await withCheckedContinuation { done in LoopActor.execute { done.resume() } }
    }

    @Test("a handler is told what its descriptor is ready for, and no more once it is taken out")
    @LoopActor
    func readable() async throws {
        let ends = try Ends()
        defer { ends.close() }
        var count = 0
        let events = await withCheckedContinuation { done in
            let handler = Handler { descriptor, events in
                count += 1
                Readiness.shared.remove(descriptor)
                done.resume(returning: events)
            }
            #expect(Readiness.shared.add(ends.read, .readable, handler))
            ends.fill()
        }
        #expect(events == .readable)
        await turn()
        #expect(count == 1)
    }

    @Test("the end of the other side is told though nothing is watched for")
    @LoopActor
    func failure() async throws {
        let ends = try Ends()
        let events = await withCheckedContinuation { done in
            let handler = Handler { descriptor, events in
                Readiness.shared.remove(descriptor)
                done.resume(returning: events)
            }
            #expect(Readiness.shared.add(ends.read, .nothing, handler))
            ends.closeWrite()
        }
        #expect(events.intersects(.failed))
        ends.closeRead()
    }

    @Test("an event of a descriptor that was closed is not told to the one that got its number in the same turn")
    @LoopActor
    func reusedNumber() async throws {
        // Both are ready in one turn, and the first one that is told closes the other and gives its number to a third.
        let pipes = [try Ends(), try Ends()]
        let third = try Ends()
        defer { for ends in pipes + [third] { ends.close() } }
        var told = 0
        var isReused = false
        await withCheckedContinuation { done in
            for (index, ends) in pipes.enumerated() {
                let handler = Handler { descriptor, _ in
                    told += 1
                    Readiness.shared.remove(descriptor)
                    let other = pipes[1 - index]
                    Readiness.shared.remove(other.read)
                    // The number is another open file's from here on.
                    #expect(dup2(third.read, other.read) == other.read)
                    #expect(Readiness.shared.add(other.read, .readable, Handler { _, _ in isReused = true }))
                    LoopActor.execute {
                        Readiness.shared.remove(other.read)
                        done.resume()
                    }
                }
                #expect(Readiness.shared.add(ends.read, .readable, handler))
            }
            for ends in pipes { ends.fill() }
        }
        #expect(told == 1)
        #expect(!isReused)
    }

    /// A pipe whose numbers the test moves.
    private final class Ends: Sendable {
        let read: CInt
        private let write: CInt

        init() throws {
            var ends: [CInt] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (read, write) = (ends[0], ends[1])
        }

        func fill() { _ = Glibc.write(write, "x", 1) }

        func closeRead() { Glibc.close(read) }

        func closeWrite() { Glibc.close(write) }

        func close() {
            closeRead()
            closeWrite()
        }
    }

    @Test("what the kernel refuses to watch is not watched")
    @LoopActor
    func refused() {
        let handler = Handler { _, _ in Issue.record("told of a descriptor that is not open") }
        #expect(!Readiness.shared.add(9_999, .readable, handler))
        #expect(!Readiness.shared.modify(9_999, .readable))
        Readiness.shared.remove(9_999)
    }
}
