import Base

/// A number with a unit, as durations and sizes are written: `300ms`, `1.5s`, `16KiB`.
struct Quantity: Sendable {
    /// A unit and how many of the base unit it holds; the empty name stands for a number without a unit.
    struct Unit: Sendable {
        var name: String
        var factor: UInt64
    }

    /// In falling order.
    let units: [Unit]

    /// The base unit is the nanosecond.
    static let duration = Quantity(units: [
        Unit(name: "h", factor: 3_600_000_000_000), Unit(name: "m", factor: 60_000_000_000),
        Unit(name: "s", factor: 1_000_000_000), Unit(name: "ms", factor: 1_000_000),
    ])

    /// The base unit is the byte.
    static let size = Quantity(units: [
        Unit(name: "GiB", factor: 1 << 30), Unit(name: "MiB", factor: 1 << 20), Unit(name: "KiB", factor: 1 << 10),
        Unit(name: "B", factor: 1), Unit(name: "", factor: 1),
    ])

    /// The amount in base units, rounded down; zero when negative, the largest value when it does not fit.
    ///
    /// Nil: not a decimal number directly followed by one of the units.
    func parse(_ text: String) -> UInt64? {
        let isNegative = text.hasPrefix("-")
        let digits = text.utf8.dropFirst(isNegative ? 1 : 0)
        let whole = digits.prefix { Self.isDigit($0) }
        var rest = digits.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix { Self.isDigit($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty, let unit = units.first(where: { $0.name.utf8.elementsEqual(rest) }) else { return nil }
        if isNegative { return 0 }
        guard let amount = UInt64(Substring(whole)) else { return .max }
        let (product, overflow) = amount.multipliedReportingOverflow(by: unit.factor)
        let (sum, isTooLarge) = product.addingReportingOverflow(Self.share(fraction, of: unit.factor))
        return overflow || isTooLarge ? .max : sum
    }

    /// The shortest whole number of a unit; base units that no unit can express are shown as a fraction of the smallest.
    func text(_ amount: UInt64) -> String {
        for unit in units where unit.factor <= amount && amount % unit.factor == 0 {
            return "\(amount / unit.factor)\(unit.name)"
        }
        guard let smallest = units.last(where: { !$0.name.isEmpty }) else { return "\(amount)" }
        let fraction = amount % smallest.factor
        guard fraction > 0 else { return "\(amount / smallest.factor)\(smallest.name)" }
        // Every factor below one unit is a power of ten, so that the digits of the remainder are the fraction's.
        var digits = String(String(smallest.factor + fraction).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(amount / smallest.factor).\(digits)\(smallest.name)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The fraction of a factor, digit by digit, rounded down: no binary fraction ever shifts a duration.
    private static func share(_ digits: Substring.UTF8View, of factor: UInt64) -> UInt64 {
        var numerator: UInt64 = 0
        var denominator: UInt64 = 1
        // Nine digits reach the nanosecond of a second, and 10^9 times an hour's remainder still fits 128 bits.
        for digit in digits.prefix(9) {
            numerator = numerator * 10 + UInt64(digit - 0x30)
            denominator *= 10
        }
        let product = factor.multipliedFullWidth(by: numerator)
        return denominator.dividingFullWidth(product).quotient
    }
}

extension Duration {
    /// As a configuration writes it: `300ms`, `2s`, `1m`.
    package var configurationText: String { Quantity.duration.text(wholeNanoseconds) }
}
