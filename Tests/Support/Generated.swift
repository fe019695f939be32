import Base

/// A generator with a seed, so that generated input is the same in every run.
package struct SeededGenerator: RandomNumberGenerator {
    private var numbers: SplitMix64

    package init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    package mutating func next() -> UInt64 { numbers.next() }

    /// One of the choices, which are not empty.
    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    package mutating func chance(_ part: Int, of whole: Int) -> Bool {
        Int.random(in: 0..<whole, using: &self) < part
    }
}

extension SeededGenerator {
    /// A JSON value as text, with odd white space; keys of one object differ, also when decoded.
    package mutating func json(depth: Int = 4) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &self) {
        case 0: pick(["null", "true", "false"])
        case 1, 2: pick(["0", "-0", "12", "-7.5", "1e5", "0.25E-3", "9007199254740993", "3.141592653589793"])
        case 3, 4, 5: jsonString()
        case 6, 7: jsonObject(depth: depth - 1)
        default: jsonArray(depth: depth - 1)
        }
    }

    /// A JSON object as text.
    package mutating func jsonObject(depth: Int = 3) -> String {
        let keys = ["a", "b", "c", "ключ", "\\n", "d e", ""].shuffled(using: &self)
        let members = keys.prefix(Int.random(in: 0...keys.count, using: &self)).map { key in
            "\"\(key)\"\(space()):\(space())\(json(depth: depth))"
        }
        return "{\(space())" + members.joined(separator: "\(space()),\(space())") + "\(space())}"
    }

    private mutating func jsonArray(depth: Int) -> String {
        let elements = (0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth: depth) }
        return "[\(space())" + elements.joined(separator: "\(space()),") + "\(space())]"
    }

    private mutating func jsonString() -> String {
        let pieces = [
            "a", "Zz", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", " ", "{", "]",
        ]
        return "\"" + (0..<Int.random(in: 0...6, using: &self)).map { _ in pick(pieces) }.joined() + "\""
    }

    private mutating func space() -> String { pick(["", "", "", " ", "\n", "\t", "\r\n"]) }

    /// Text that has in it what templates, URLs, JSON and header lines are afraid of.
    package mutating func hostileText(length: Int = 8) -> String {
        let pieces = [
            "/", "//", "..", ".", "?", "&", "=", "#", "%", "%2F", "%2e", "+", " ", "\\", "@", ":", "a", "é", "😀",
            "\u{1}",
            "\r\n", "\u{7F}", "\"", "{", "}", ";", "*", "http://evil", "\u{301}", "\t", "\u{8}", "\u{C}", "\u{2028}",
        ]
        return (0..<Int.random(in: 0...length, using: &self)).map { _ in pick(pieces) }.joined()
    }
}

// MARK: Messages

extension SeededGenerator {
    /// Cuts bytes into pieces, some of them empty.
    package mutating func pieces(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, pick([1, 4, 40, 400])), using: &self)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    /// Changes, drops, doubles or moves a few bytes.
    package mutating func spoil(_ message: inout [UInt8]) {
        let odd: [UInt8] = [0, 9, 10, 13, 32, 44, 45, 48, 49, 58, 59, 65, 102, 127, 128, 255]
        for _ in 0..<Int.random(in: 1...4, using: &self) where !message.isEmpty {
            let place = Int.random(in: 0..<message.count, using: &self)
            let end = min(message.count, place + Int.random(in: 1...8, using: &self))
            switch Int.random(in: 0..<6, using: &self) {
            case 0: message[place] = pick(odd)
            case 1: message[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: message.insert(pick(odd), at: place)
            case 3: message.removeSubrange(place..<end)
            case 4:
                message.insert(contentsOf: message[place..<end], at: Int.random(in: 0...message.count, using: &self))
            default: message.removeSubrange(place...)
            }
        }
    }
}

/// Bytes as text, for messages that show what differs.
package func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
}
