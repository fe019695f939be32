/// A part of all that happens, such as 1%.
package struct SampleRate: Sendable, Hashable, CustomStringConvertible {
    /// From 0 to 1,000,000.
    package let millionths: Int

    package static let all = SampleRate(millionths: 1_000_000)
    package static let none = SampleRate(millionths: 0)

    package init(millionths: Int) {
        self.millionths = min(max(millionths, 0), 1_000_000)
    }

    /// Reads a percentage with up to four decimals, such as `0.5%`; nil for anything else.
    package init?(_ text: String) {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let whole = Int(parts[0]), whole <= 100
        else { return nil }
        var fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= 4 else { return nil }
        fraction += String(repeating: "0", count: 4 - fraction.utf8.count)
        guard let rest = Int(fraction), whole * 10_000 + rest <= 1_000_000 else { return nil }
        millionths = whole * 10_000 + rest
    }

    /// Whether it takes what a random number, evenly spread over all, was drawn for.
    package func takes(_ random: UInt64) -> Bool {
        random.multipliedFullWidth(by: 1_000_000).high < UInt64(millionths)
    }

    /// As a configuration writes it.
    package var description: String {
        guard millionths % 10_000 != 0 else { return "\(millionths / 10_000)%" }
        var digits = String(String(10_000 + millionths % 10_000).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(millionths / 10_000).\(digits)%"
    }
}
