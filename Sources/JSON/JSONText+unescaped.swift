import Base

extension JSONText {
    /// A checked value as text: a string for what it stands for, a number or truth value as it is written; nil for any other.
    package static func text(ofScalar json: ArraySlice<UInt8>) -> String? {
        switch json.first {
        case UInt8(ascii: "\""): String(decoding: unescaped(json.dropFirst().dropLast()), as: UTF8.self)
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "n"), nil: nil
        default: String(decoding: json, as: UTF8.self)
        }
    }

    /// The bytes that the inside of a checked JSON string stands for; a lone surrogate becomes U+FFFD.
    package static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var units: [UInt16] = []
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        func flush() {
            guard !units.isEmpty else { return }
            bytes.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
            units = []
        }
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "\\"), let kind = iterator.next() else {
                flush()
                bytes.append(byte)
                continue
            }
            guard kind == UInt8(ascii: "u") else {
                flush()
                bytes.append(single(kind))
                continue
            }
            var unit: UInt16 = 0
            for _ in 0..<4 {
                guard let digit = iterator.next() else { break }
                unit = (unit << 4) | UInt16(digit.hexDigit ?? 0)
            }
            units.append(unit)
        }
        flush()
        return bytes
    }

    private static func single(_ kind: UInt8) -> UInt8 {
        switch kind {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: kind
        }
    }
}
