import Processes
import Testing

/// Who may start programs now: some suites at once, since most of their time they wait for what they started, or one alone.
///
/// Those that want the machine to themselves come when all others are done.
struct Seats {
    /// The suites that may run at once.
    let count: Int
    private var taken = 0
    private var isAlone = false
    private var waiting: [Int] = []
    private var waitingAlone: [Int] = []

    init(count: Int) { self.count = count }

    /// Somebody came; who may begin by that.
    mutating func arrive(_ who: Int, alone: Bool) -> [Int] {
        if alone { waitingAlone.append(who) } else { waiting.append(who) }
        return admitted()
    }

    /// One of those that had begun is done; who may begin by that.
    mutating func leave() -> [Int] {
        taken -= 1
        isAlone = false
        return admitted()
    }

    private mutating func admitted() -> [Int] {
        if isAlone { return [] }
        let next = Array(waiting.prefix(count - taken))
        waiting.removeFirst(next.count)
        taken += next.count
        guard taken == 0, !waitingAlone.isEmpty else { return next }
        taken = 1
        isAlone = true
        return [waitingAlone.removeFirst()]
    }
}

/// Has a suite wait for its seat; its tests run one after the other on it.
struct SeatTrait: SuiteTrait, TestScoping {
    private struct Room {
        var seats = Seats(count: 3)
        var arrived = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private static let room = Locked(Room())
    let isAlone: Bool

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // All tests of a run begin at once, and this one may be the first: whatever is ready to run goes before it.
        if isAlone { for _ in 0..<100 { await Task.yield() } }
        await withCheckedContinuation { continuation in
            Self.begin { room in
                room.arrived += 1
                room.waiting[room.arrived] = continuation
                return room.seats.arrive(room.arrived, alone: isAlone)
            }
        }
        defer { Self.begin { $0.seats.leave() } }
        try await function()
    }

    /// Lets those begin who may.
    private static func begin(_ change: (inout Room) -> [Int]) {
        let admitted = room.withLock { room in change(&room).compactMap { room.waiting.removeValue(forKey: $0) } }
        for continuation in admitted { continuation.resume() }
    }
}

extension Trait where Self == SeatTrait {
    /// Runs beside a few other suites.
    static var seat: Self { SeatTrait(isAlone: false) }
    /// Runs when no other does: it measures memory, descriptors or time, or counts on clients that are not slow, since who drains
    /// waits for them only so long.
    static var alone: Self { SeatTrait(isAlone: true) }
}

extension Tag {
    /// Takes seconds.
    @Tag static var slow: Self
}
