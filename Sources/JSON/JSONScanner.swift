import Base

/// Why a text is not JSON, and where.
package struct JSONError: Error, Equatable {
    package var message: String
    /// The distance from the start, in bytes.
    package var offset: Int
}

/// A checker of JSON text (RFC 8259): one pass over the bytes, which are never decoded or copied.
///
/// It also notes where the members or elements at the top level are, since merges splice by them.
/// Each step takes the place where it starts and returns the place behind it, so that a place is a register and never memory.
package struct JSONScanner {
    /// How deep arrays and objects may nest; RFC 8259 section 9 lets a parser set a limit, and the scanner recurses.
    package static let depthLimit = 256

    /// A member of the object at the top level, as ranges of the text.
    package struct Member: Sendable, Equatable {
        /// With its quotes.
        package var key: Range<Int>
        package var value: Range<Int>
    }

    /// What a whole text turned out to be.
    package enum Document: Sendable, Equatable {
        case object([Member])
        case array(elements: [Range<Int>])
        case scalar
    }

    /// Its bytes are read without a check of bounds in release builds; debug builds, and so the tests, check each read.
    let text: UnsafeBufferPointer<UInt8>

    /// Checks that the text is one JSON value and nothing else.
    package static func check(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        let scanner = JSONScanner(text: text)
        try scanner.end(scanner.value(scanner.skipSpace(0), depth: 0))
    }

    /// Checks the text and notes the members or elements of its top level, in their order.
    package static func document(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> Document {
        let scanner = JSONScanner(text: text)
        let start = scanner.skipSpace(0)
        switch scanner.peek(start) {
        case UInt8(ascii: "{"):
            var members: [Member] = []
            // Most bodies have no more, so that the array never grows.
            members.reserveCapacity(16)
            try scanner.end(scanner.members(start, depth: 1) { members.append(Member(key: $0, value: $1)) })
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [Range<Int>] = []
            try scanner.end(scanner.elements(start, depth: 1) { elements.append($0) })
            return .array(elements: elements)
        default:
            try scanner.end(scanner.value(start, depth: 0))
            return .scalar
        }
    }

    private func end(_ start: Int) throws(JSONError) {
        let place = skipSpace(start)
        if place < text.count { throw error("something follows the value", at: place) }
    }

    /// The byte at a place, 0 at the end: a NUL is no JSON anywhere, so the two need not be told apart.
    @inline(__always)
    func peek(_ place: Int) -> UInt8 {
        place < text.count ? text[place] : 0
    }

    @inline(never)
    func error(_ message: String, at place: Int) -> JSONError {
        place < text.count
            ? JSONError(message: message, offset: place)
            : JSONError(message: "the text ends in the middle of a value", offset: place)
    }

    /// Most often there is no space, or one; indentation goes by eight.
    @inline(__always)
    private func skipSpace(_ start: Int) -> Int {
        peek(start) > 0x20 ? start : skipSpaces(start)
    }

    @inline(never)
    private func skipSpaces(_ start: Int) -> Int {
        var place = start
        while true {
            switch peek(place) {
            case 0x20, 0x0A, 0x0D, 0x09: place &+= 1
            default: return place
            }
            while place &+ EightBytes.count <= text.count {
                let blanks = EightBytes(text, at: place).blanks
                place &+= blanks
                if blanks < EightBytes.count { break }
            }
        }
    }

    @inline(__always)
    private func value(_ start: Int, depth: Int) throws(JSONError) -> Int {
        switch peek(start) {
        case UInt8(ascii: "\""): try string(start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(start)
        case UInt8(ascii: "{"): try object(start, depth: depth &+ 1)
        case UInt8(ascii: "["): try array(start, depth: depth &+ 1)
        case UInt8(ascii: "t"): try literal("true", start)
        case UInt8(ascii: "f"): try literal("false", start)
        case UInt8(ascii: "n"): try literal("null", start)
        default: throw error("a value was expected", at: start)
        }
    }

    @inline(never)
    private func object(_ start: Int, depth: Int) throws(JSONError) -> Int {
        try members(start, depth: depth) { _, _ in }
    }

    @inline(never)
    private func array(_ start: Int, depth: Int) throws(JSONError) -> Int {
        try elements(start, depth: depth) { _ in }
    }

    /// An object; inlined, so that one without notes does not ask for each member whether there are any.
    @inline(__always)
    private func members(
        _ start: Int, depth: Int, note: (_ key: Range<Int>, _ value: Range<Int>) -> Void
    ) throws(JSONError) -> Int {
        guard depth <= Self.depthLimit else { throw tooDeep(start) }
        var place = skipSpace(start &+ 1)
        if peek(place) == UInt8(ascii: "}") { return place &+ 1 }
        while true {
            guard peek(place) == UInt8(ascii: "\"") else { throw error("a member's name was expected", at: place) }
            let keyEnd = try string(place)
            let colon = skipSpace(keyEnd)
            guard peek(colon) == UInt8(ascii: ":") else { throw error("':' was expected", at: colon) }
            let valueStart = skipSpace(colon &+ 1)
            let valueEnd = try value(valueStart, depth: depth)
            note(Range(uncheckedBounds: (place, keyEnd)), Range(uncheckedBounds: (valueStart, valueEnd)))
            place = skipSpace(valueEnd)
            let byte = peek(place)
            if byte == UInt8(ascii: "}") { return place &+ 1 }
            guard byte == UInt8(ascii: ",") else { throw error("',' or '}' was expected", at: place) }
            place = skipSpace(place &+ 1)
        }
    }

    /// An array, inlined as `members` is.
    @inline(__always)
    private func elements(_ start: Int, depth: Int, note: (Range<Int>) -> Void) throws(JSONError) -> Int {
        guard depth <= Self.depthLimit else { throw tooDeep(start) }
        var place = skipSpace(start &+ 1)
        if peek(place) == UInt8(ascii: "]") { return place &+ 1 }
        while true {
            let end = try value(place, depth: depth)
            note(Range(uncheckedBounds: (place, end)))
            place = skipSpace(end)
            let byte = peek(place)
            if byte == UInt8(ascii: "]") { return place &+ 1 }
            guard byte == UInt8(ascii: ",") else { throw error("',' or ']' was expected", at: place) }
            place = skipSpace(place &+ 1)
        }
    }

    private func tooDeep(_ start: Int) -> JSONError {
        error("nested deeper than \(Self.depthLimit)", at: start)
    }
}
