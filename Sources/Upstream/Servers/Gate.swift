/// Lets a number of calls pass at once; more of them queue, and those that find the queue full are refused.
///
/// It counts; the calls themselves queue elsewhere.
struct Gate {
    enum Entry {
        case admitted, queued, refused
    }

    private let limit: Int
    private let queue: Int
    private(set) var inFlight = 0
    private(set) var queued = 0

    init(limit: Int, queue: Int) {
        self.limit = limit
        self.queue = queue
    }

    /// Whether one more passes or finds a place in the queue.
    var hasRoom: Bool { inFlight < limit || queued < queue }

    mutating func enter() -> Entry {
        if inFlight < limit {
            inFlight += 1
            return .admitted
        }
        guard queued < queue else { return .refused }
        queued += 1
        return .queued
    }

    /// One that was admitted is over; true when the first of the queue takes its place.
    mutating func leave() -> Bool {
        guard queued > 0 else {
            inFlight -= 1
            return false
        }
        queued -= 1
        return true
    }

    /// One that queued is over.
    mutating func leftQueue() {
        queued -= 1
    }
}
