/// The name that a mistyped one was meant to be.
enum NearestName {
    /// The nearest of `names`, or nil when none is near: a third of the letters may differ, one in any case.
    ///
    /// Case does not count, and `-` is as good as `_`.
    static func of(_ text: String, among names: some Sequence<String>) -> String? {
        let typed = folded(text)
        var best: (name: String, distance: Int)?
        for name in names {
            let candidate = folded(name)
            let allowed = max(1, max(typed.count, candidate.count) / 3)
            // The distance is at least the difference in length: no table for a text of a thousand letters.
            guard abs(typed.count - candidate.count) <= allowed else { continue }
            let distance = distance(typed, candidate)
            if distance <= allowed, distance < candidate.count, distance < best?.distance ?? .max {
                best = (name, distance)
            }
        }
        return best?.name
    }

    /// `; did you mean 'timeout'?`, or nothing when no name is near.
    static func hint(for text: String, among names: [String]) -> String {
        of(text, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other
    /// (Damerau-Levenshtein, optimal string alignment).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return a.count + b.count }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                let substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                var cost = min(substituted, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, beforeLast[j - 2] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }
}
