/// A mapping whose keys are checked: what a reader asks values of.
struct Section: Sendable {
    /// What messages call it: `a route`, `'limits'`.
    let subject: String
    let place: Place
    private let entries: [String: YAMLValue.Entry]

    /// Reports unknown keys.
    ///
    /// One that is near a known one counts as that one, so that its absence is no second error.
    init(
        _ entries: [YAMLValue.Entry], subject: String, place: Place, keys: [String], problems: inout Problems
    ) {
        var known: [String: YAMLValue.Entry] = [:]
        for entry in entries where keys.contains(entry.key) { known[entry.key] = entry }
        for entry in entries where !keys.contains(entry.key) {
            let nearest = NearestName.of(entry.key, among: keys)
            let hint = nearest.map { "did you mean '\($0)'?" } ?? "known keys are \(keys.joined(separator: ", "))"
            problems.error("unknown key '\(entry.key)' in \(subject); \(hint)", at: entry.keyPlace)
            if let nearest, known[nearest] == nil { known[nearest] = Self.guessed(entry) }
        }
        self.subject = subject
        self.place = place
        self.entries = known
    }

    /// The value of a key, nil when it is absent.
    subscript(key: String) -> YAMLValue? { entries[key]?.value }

    /// Where a key stands, nil when it is absent.
    func place(of key: String) -> Place? { entries[key]?.keyPlace }

    /// Lists and mappings are still read, since mistakes inside of them are mistakes whatever the key was to be.
    private static func guessed(_ entry: YAMLValue.Entry) -> YAMLValue.Entry {
        guard case .scalar = entry.value.content else { return entry }
        var entry = entry
        entry.value.content = .invalid
        return entry
    }
}
