import Base

// Strings, numbers and literals: where the time goes, so they take eight bytes at a time while there are eight.
extension JSONScanner {
    /// A string, from its opening quote.
    @inline(__always)
    func string(_ start: Int) throws(JSONError) -> Int {
        var place = start &+ 1
        while place &+ EightBytes.count <= text.count {
            let plain = EightBytes(text, at: place).plain
            if plain == EightBytes.count {
                place &+= EightBytes.count
                continue
            }
            place &+= plain
            if text[place] == UInt8(ascii: "\"") { return place &+ 1 }
            place = try special(place)
        }
        return try lastString(place)
    }

    /// The rest of a string that starts or ends in the last eight bytes of the text.
    @inline(never)
    private func lastString(_ start: Int) throws(JSONError) -> Int {
        var place = start
        while true {
            switch peek(place) {
            case UInt8(ascii: "\""): return place &+ 1
            case 0x20..<0x5C, 0x5D..<0x80: place &+= 1
            default: place = try special(place)
            }
        }
    }

    /// What does not stand for itself in a string: an escape, or characters beyond ASCII, which seldom come alone.
    @inline(never)
    private func special(_ start: Int) throws(JSONError) -> Int {
        if peek(start) == UInt8(ascii: "\\") { return try escape(start) }
        guard peek(start) >= 0x80 else {
            throw error("a control character in a string is written as an escape", at: start)
        }
        var place = start
        repeat {
            // Well formed by RFC 3629 section 4: no overlong form, no surrogate.
            guard let length = UTF8Sequence.length(in: text, at: place) else {
                throw error("this is not UTF-8", at: place)
            }
            place &+= length
        } while peek(place) >= 0x80
        return place
    }

    private func escape(_ start: Int) throws(JSONError) -> Int {
        let place = start &+ 1
        switch peek(place) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return place &+ 1
        case UInt8(ascii: "u"):
            for digit in place &+ 1...place &+ 4 where peek(digit).hexDigit == nil {
                throw error("'\\u' takes four hexadecimal digits", at: digit)
            }
            return place &+ 5
        default:
            throw error("an unknown escape", at: place)
        }
    }

    /// A number, from its first digit or its sign.
    @inline(__always)
    func number(_ start: Int) throws(JSONError) -> Int {
        var place = peek(start) == UInt8(ascii: "-") ? start &+ 1 : start
        if peek(place) == UInt8(ascii: "0") { place &+= 1 } else { place = try digits(place) }
        if peek(place) == UInt8(ascii: ".") { place = try digits(place &+ 1) }
        guard peek(place) | 0x20 == UInt8(ascii: "e") else { return place }
        return try exponent(place)
    }

    @inline(never)
    private func exponent(_ start: Int) throws(JSONError) -> Int {
        let sign = peek(start &+ 1)
        let isSigned = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        return try digits(isSigned ? start &+ 2 : start &+ 1)
    }

    /// One digit at least; how many there are costs no branch as long as they are fewer than eight.
    @inline(__always)
    private func digits(_ start: Int) throws(JSONError) -> Int {
        var place = start
        var run = EightBytes.count
        while run == EightBytes.count, place &+ EightBytes.count <= text.count {
            run = EightBytes(text, at: place).digits
            place &+= run
        }
        if run == EightBytes.count { place = lastDigits(place) }
        guard place > start else { throw error("a digit was expected", at: place) }
        return place
    }

    @inline(never)
    private func lastDigits(_ start: Int) -> Int {
        var place = start
        while (0x30...0x39).contains(peek(place)) { place &+= 1 }
        return place
    }

    /// A word that is known by its first letter.
    @inline(__always)
    func literal(_ word: StaticString, _ start: Int) throws(JSONError) -> Int {
        for offset in 0..<word.utf8CodeUnitCount where peek(start &+ offset) != word.utf8Start[offset] {
            throw error("'\(word)' was expected", at: start &+ offset)
        }
        return start &+ word.utf8CodeUnitCount
    }
}
