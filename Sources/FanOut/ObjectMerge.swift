/// The `object` merge: the members of several objects in one, spliced from the texts as they are.
///
/// Members stand in the order in which their keys first appear, calls in the order of the configuration. Keys are
/// compared decoded, so `"a"` and `"\u0061"` are the same one.
struct ObjectMerge {
    private struct Entry {
        /// As it was written, with its quotes.
        var key: ArraySlice<UInt8>
        /// One text, or several that `deep` or `append` will join.
        var values: [ArraySlice<UInt8>]
        /// The values before the last object came, which a key that it carries twice is joined with anew.
        var earlier: [ArraySlice<UInt8>] = []
        /// The object that the last of the values came from.
        var source: Int
    }

    private let rule: ConflictRule
    private var entries: [Entry] = []
    private var places: [[UInt8]: Int] = [:]
    private var sources = 0

    init(rule: ConflictRule) {
        self.rule = rule
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
            let name = Self.name(json, member)
            guard let place = places[name] else {
                places[name] = entries.count
                entries.append(Entry(key: json.part(member.key), values: [value], source: sources))
                continue
            }
            combine(value, at: place)
        }
    }

    private mutating func combine(_ value: ArraySlice<UInt8>, at place: Int) {
        if entries[place].source != sources {
            entries[place].earlier = entries[place].values
            entries[place].source = sources
        }
        let earlier = entries[place].earlier
        let opening = value.first
        switch rule {
        case .first where !earlier.isEmpty:
            break
        case .deep where opening == UInt8(ascii: "{") && earlier.last?.first == opening,
            .append where opening == UInt8(ascii: "[") && earlier.last?.first == opening:
            entries[place].values = earlier + [value]
        case .first, .last, .error, .deep, .append:
            entries[place].values = [value]
        }
    }

    /// Appends the joined object.
    func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: entry.key)
            bytes.append(UInt8(ascii: ":"))
            write(entry.values, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private func write(_ values: [ArraySlice<UInt8>], to bytes: inout [UInt8]) {
        guard values.count > 1 else {
            bytes.append(contentsOf: values[0])
            return
        }
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

    /// The key without quotes, its escapes decoded.
    private static func name(_ json: ArraySlice<UInt8>, _ member: JSONScanner.Member) -> [UInt8] {
        let raw = json.part(member.key).dropFirst().dropLast()
        return raw.contains(UInt8(ascii: "\\")) ? JSONText.unescaped(raw) : Array(raw)
    }
}

extension ArraySlice<UInt8> {
    /// The part at a range that counts from the start of the slice.
    fileprivate func part(_ range: Range<Int>) -> ArraySlice<UInt8> {
        self[(startIndex + range.lowerBound)..<(startIndex + range.upperBound)]
    }
}
