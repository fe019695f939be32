import Base
import HTTP

/// An answer that is kept, and until when it is used.
struct KeptAnswer {
    let status: Int
    let body: [UInt8]
    /// Without `Age`, which grows.
    let fields: HeaderFields
    private let age: Duration
    private let began: MonotonicTime
    let freshUntil: MonotonicTime
    let refreshableUntil: MonotonicTime
    let fallbackUntil: MonotonicTime

    init(status: Int, body: [UInt8], fields: HeaderFields, _ lifetime: AnswerLifetime, from began: MonotonicTime) {
        self.status = status
        self.body = body
        self.fields = fields.without("age")
        self.began = began
        age = lifetime.age
        freshUntil = began + lifetime.fresh
        refreshableUntil = began + lifetime.refreshable
        fallbackUntil = began + lifetime.fallback
    }

    /// The answer as it is given then, with its age (RFC 9111 section 4).
    func result(at now: MonotonicTime) -> TransferResult {
        var fields = fields
        fields.append("Age", "\((age + now.since(began)).components.seconds)")
        return .response(status: status, body: body, fields: fields)
    }

    /// From then on there is no use for it.
    var end: MonotonicTime { max(freshUntil, refreshableUntil, fallbackUntil) }
}

/// Answers by their calls, within so many bytes: what was not used for longest goes first.
struct AnswerStore {
    /// Memory of an entry beside key, body and fields: its node, and its place in the dictionary.
    private static let overhead = 256

    /// An entry in the line from the last used one to the one that was not used for longest.
    private struct Node {
        var key: CallKey
        var answer: KeptAnswer
        var bytes: Int
        var newer: Int?
        var older: Int?
    }

    private let limit: Int
    private let largest: Int
    private var places: [CallKey: Int] = [:]
    /// Nil where a place is free.
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?
    /// Of all entries together.
    private(set) var bytes = 0

    init(_ settings: CacheSettings) {
        limit = settings.maxBytes
        largest = settings.largestAnswer
    }

    var count: Int { places.count }

    /// The answer to a call, which is used with that; nil when there is none, or its time is over.
    mutating func answer(to key: CallKey, at now: MonotonicTime) -> KeptAnswer? {
        guard let place = places[key], let answer = nodes[place]?.answer else { return nil }
        guard now < answer.end else {
            remove(place)
            return nil
        }
        if place != newest {
            unlink(place)
            linkAsNewest(place)
        }
        return answer
    }

    /// Keeps an answer in place of the one before it; one that is too large is not kept.
    mutating func keep(_ answer: KeptAnswer, to key: CallKey) {
        if let place = places[key] { remove(place) }
        let size = Self.overhead + key.byteCount + answer.body.count + answer.fields.byteCount
        guard size <= largest else { return }
        while bytes + size > limit, let oldest { remove(oldest) }
        let node = Node(key: key, answer: answer, bytes: size)
        let place: Int
        if let last = free.popLast() {
            nodes[last] = node
            place = last
        } else {
            nodes.append(node)
            place = nodes.count - 1
        }
        places[key] = place
        bytes += size
        linkAsNewest(place)
    }

    private mutating func remove(_ place: Int) {
        guard let node = nodes[place] else { return }
        unlink(place)
        nodes[place] = nil
        places[node.key] = nil
        free.append(place)
        bytes -= node.bytes
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place]?.newer, nodes[place]?.older)
        if let newer { nodes[newer]?.older = older } else { newest = older }
        if let older { nodes[older]?.newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        nodes[place]?.newer = nil
        nodes[place]?.older = newest
        if let newest { nodes[newest]?.newer = place } else { oldest = place }
        newest = place
    }
}
