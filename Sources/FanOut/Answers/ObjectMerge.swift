import JSON
import Policy

/// The `object` merge: the members of several objects in one, spliced from the texts as they are.
///
/// Members stand in the order in which their keys first appear, calls in the order of the configuration. Keys are
/// compared decoded, so `"a"` and `"\u0061"` are the same one.
struct ObjectMerge {
    private struct Entry {
        /// As it was written, with its quotes.
        var key: ArraySlice<UInt8>
        var value: ArraySlice<UInt8>
        /// What `deep` or `append` will join the value to, in order.
        var joined: [ArraySlice<UInt8>] = []
        /// The values before the last object came, which a key that it carries twice is joined with anew.
        var earlier: [ArraySlice<UInt8>] = []
        /// The object that the value came from; with `first`, the one that the key came from.
        var source: Int
    }

    /// A key without quotes, its escapes decoded.
    ///
    /// The hash is the standard library's with its seed, so no body can be made whose keys all meet in one place.
    private struct Name: Hashable {
        let bytes: ArraySlice<UInt8>

        static func == (a: Name, b: Name) -> Bool { a.bytes.elementsEqual(b.bytes) }

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private let rule: ConflictRule
    private var entries: [Entry] = []
    private var places: [Name: Int] = [:]
    private var sources = 0

    /// Starts with room for so many members.
    init(rule: ConflictRule, capacity: Int = 0) {
        self.rule = rule
        entries.reserveCapacity(capacity)
        places.reserveCapacity(capacity)
    }

    /// Whether a member of the object is there already from another one.
    func conflicts(_ json: ArraySlice<UInt8>, _ members: [JSONScanner.Member]) -> Bool {
        members.contains { places[Self.name(json, $0)] != nil }
    }

    /// Adds the members of one object; their ranges count from the start of the slice.
    mutating func add(_ json: ArraySlice<UInt8>, _ members: [JSONScanner.Member]) {
        sources += 1
        for member in members {
            let value = json.part(member.value)
            let next = entries.count
            let place = Self.place(of: Self.name(json, member), in: &places, otherwise: next)
            if place == next {
                entries.append(Entry(key: json.part(member.key), value: value, source: sources))
            } else {
                combine(value, at: place)
            }
        }
    }

    /// The place of a name, which is noted as a new one's when there is none: one search for both.
    private static func place(of name: Name, in places: inout [Name: Int], otherwise next: Int) -> Int {
        func noted(_ place: inout Int) -> Int {
            if place < 0 { place = next }
            return place
        }
        return noted(&places[name, default: -1])
    }

    private mutating func combine(_ value: ArraySlice<UInt8>, at place: Int) {
        switch rule {
        case .last, .error: entries[place].value = value
        case .first: if entries[place].source == sources { entries[place].value = value }
        case .deep: join(value, at: place, where: UInt8(ascii: "{"))
        case .append: join(value, at: place, where: UInt8(ascii: "["))
        }
    }

    /// Joins a value to those from earlier objects when both start with the bracket, else puts it in their place.
    private mutating func join(_ value: ArraySlice<UInt8>, at place: Int, where bracket: UInt8) {
        if entries[place].source != sources {
            entries[place].earlier = entries[place].joined + [entries[place].value]
            entries[place].source = sources
        }
        let isJoined = value.first == bracket && entries[place].earlier.last?.first == bracket
        entries[place].joined = isJoined ? entries[place].earlier : []
        entries[place].value = value
    }

    /// The joined bodies and fallbacks of all calls; a failed call without fallback brings no members.
    static func write(_ merge: Merge, to bytes: inout [UInt8]) {
        var joined = ObjectMerge(rule: merge.rule, capacity: merge.memberCount)
        for index in merge.outcomes.indices {
            switch merge.outcomes[index].outcome {
            case .success(_, let part):
                if let members = part.members { joined.add(part.json[...], members) }
            case .failure:
                guard let fallback = merge.calls[index].fallback,
                    let part = Part(fallback, as: .json, needsObject: true), let members = part.members
                else { continue }
                joined.add(part.json[...], members)
            }
        }
        joined.write(to: &bytes)
    }

    /// Appends the joined object.
    func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for index in entries.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: entries[index].key)
            bytes.append(UInt8(ascii: ":"))
            if entries[index].joined.isEmpty {
                bytes.append(contentsOf: entries[index].value)
            } else {
                write(entries[index].joined + [entries[index].value], to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private func write(_ values: [ArraySlice<UInt8>], to bytes: inout [UInt8]) {
        var inner = ObjectMerge(rule: rule)
        var elements: [ArraySlice<UInt8>] = []
        for value in values {
            // Each was checked as part of its body, so it can be read again.
            switch value.withUnsafeBufferPointer({ try? JSONScanner.document($0) }) {
            case .object(let members): inner.add(value, members)
            case .array(let ranges): elements += ranges.map { value.part($0) }
            case .scalar, nil: break
            }
        }
        guard rule == .append else { return inner.write(to: &bytes) }
        bytes.append(UInt8(ascii: "["))
        bytes.append(contentsOf: elements.joined(separator: CollectionOfOne(UInt8(ascii: ","))))
        bytes.append(UInt8(ascii: "]"))
    }

    private static func name(_ json: ArraySlice<UInt8>, _ member: JSONScanner.Member) -> Name {
        Name(bytes: json.key(member))
    }
}

extension Merge {
    /// Fails the calls whose keys an earlier one carries, where the rule says that this is an error.
    mutating func resolveConflicts() {
        guard rule == .error else { return }
        var merge = ObjectMerge(rule: .error)
        for index in outcomes.indices {
            guard case .success(let status, let part) = outcomes[index].outcome, let members = part.members else {
                continue
            }
            if merge.conflicts(part.json[...], members) {
                outcomes[index].outcome = .failure(.conflict, status: status)
            } else {
                merge.add(part.json[...], members)
            }
        }
    }

    /// Of all bodies, so at least of the answer.
    fileprivate var memberCount: Int {
        var count = 0
        for index in outcomes.indices {
            if case .success(_, let part) = outcomes[index].outcome { count += part.members?.count ?? 0 }
        }
        return count
    }
}
