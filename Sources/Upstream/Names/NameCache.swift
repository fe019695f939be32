import Base

/// What is known of names, and for how long: the decisions of `Names`, without a clock of their own.
struct NameCache {
    /// What a look into the cache comes to.
    enum Found: Equatable {
        case known([IPAddress])
        /// Known, and to be looked up again before it is too old.
        case aging([IPAddress])
        /// The last lookup failed a moment ago.
        case failed
        case unknown
    }

    private struct Entry {
        /// Nil: the lookup failed.
        var addresses: [IPAddress]?
        var refresh: MonotonicTime
        var end: MonotonicTime
    }

    private let age: Duration
    /// How long a failure is believed, so that a dead resolver is not asked for every call.
    private let failureAge: Duration
    private let capacity: Int
    private var entries: [String: Entry] = [:]
    /// The names in the order in which they came, as a ring that starts at `oldest` when it is full.
    private var order: [String] = []
    private var oldest = 0

    /// - Parameter capacity: Names at most, at least one; the oldest goes for a new one.
    init(age: Duration, capacity: Int) {
        self.age = age
        self.capacity = capacity
        failureAge = min(age, .seconds(1))
    }

    func find(_ host: String, at now: MonotonicTime) -> Found {
        guard let entry = entries[host], now < entry.end else { return .unknown }
        guard let addresses = entry.addresses else { return .failed }
        return now < entry.refresh ? .known(addresses) : .aging(addresses)
    }

    /// Takes what a lookup found, nil when it failed.
    ///
    /// A failure does not take away what is still good.
    mutating func store(_ host: String, _ addresses: [IPAddress]?, at now: MonotonicTime) {
        if addresses == nil, let entry = entries[host], entry.addresses != nil, now < entry.end {
            entries[host]?.refresh = now + failureAge
            return
        }
        if entries[host] == nil { makeRoom(for: host) }
        let end = now + (addresses == nil ? failureAge : age)
        entries[host] = Entry(addresses: addresses, refresh: now + age * 3 / 4, end: end)
    }

    private mutating func makeRoom(for host: String) {
        if order.count < capacity {
            order.append(host)
            return
        }
        entries[order[oldest]] = nil
        order[oldest] = host
        oldest = (oldest + 1) % capacity
    }
}
