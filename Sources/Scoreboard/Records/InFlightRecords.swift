package import Base

/// A request that a worker had begun and not answered, as the worker noted it down.
package struct InFlightRequest: Sendable, Equatable {
    /// Index into the routes of the worker's configuration; not checked, since a worker gone wild may have written it.
    package var route: Int
    package var startedAt: MonotonicTime
    /// The request's id, cut after 32 bytes.
    package var requestID: String
    /// A bit for each of the first 64 calls that was not settled.
    package var openCalls: UInt64

    package init(route: Int, startedAt: MonotonicTime, requestID: String, openCalls: UInt64) {
        self.route = route
        self.startedAt = startedAt
        self.requestID = requestID
        self.openCalls = openCalls
    }
}

/// What the requests in flight of one worker are, written down where its death does not reach: a few plain stores each.
///
/// There is room for so many; those beyond are counted as in flight and not recorded.
package final class InFlightRecords {
    /// Requests that can be recorded at once.
    package static let capacity = 128
    /// Route (0: free), start, open calls, four words of the id, one to spare.
    private static let words = 8
    static let wordCount = capacity * words

    private let memory: SharedWords
    /// Free places, the lowest last, so that few pages are touched.
    private var free: [Int]

    /// - Parameter memory: From the first record on.
    init(_ memory: SharedWords) {
        self.memory = memory
        free = Array((0..<Self.capacity).reversed())
    }

    /// A request begins; the place of its record, nil when there is no room.
    package func begin(route: Int, requestID: String, at time: MonotonicTime) -> Int? {
        guard let place = free.popLast() else { return nil }
        let start = Self.start(place)
        memory.store(time.nanoseconds, at: start + 1)
        memory.store(0, at: start + 2)
        var id = requestID
        var words = SIMD4<UInt64>.zero
        id.withUTF8 { text in
            withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: UnsafeRawBufferPointer(text).prefix(32)) }
        }
        for index in words.indices { memory.store(UInt64(littleEndian: words[index]), at: start + 3 + index) }
        // Last, since it says that the record counts.
        memory.store(UInt64(route) + 1, at: start)
        return place
    }

    /// Which calls of a request are still open.
    package func note(openCalls: UInt64, at place: Int) {
        memory.store(openCalls, at: Self.start(place) + 2)
    }

    /// A request is answered.
    package func end(_ place: Int) {
        memory.store(0, at: Self.start(place))
        free.append(place)
    }

    /// What a worker's memory says, from the first record on, in order of place.
    static func read(_ memory: SharedWords) -> [InFlightRequest] {
        (0..<capacity).compactMap { place in
            let start = start(place)
            let route = memory.load(start)
            guard route > 0 else { return nil }
            let bytes = (0..<32).map {
                UInt8(truncatingIfNeeded: memory.load(start + 3 + $0 / 8) >> UInt64($0 % 8 * 8))
            }
            return InFlightRequest(
                route: Int(clamping: route - 1), startedAt: MonotonicTime(nanoseconds: memory.load(start + 1)),
                requestID: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self),
                openCalls: memory.load(start + 2))
        }
    }

    /// Forgets what a dead worker left, from the first record on.
    static func clear(_ memory: SharedWords) {
        // A store would give pages to a worker that never had so many.
        for place in 0..<capacity where memory.load(start(place)) > 0 { memory.store(0, at: start(place)) }
    }

    private static func start(_ place: Int) -> Int { place * words }
}
