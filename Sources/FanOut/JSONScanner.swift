/// Why a text is not JSON, and where.
package struct JSONError: Error, Equatable {
    package var message: String
    /// The distance from the start, in bytes.
    package var offset: Int
}

/// A checker of JSON text (RFC 8259): one pass over the bytes, which are never decoded or copied.
///
/// It also notes where the members or elements at the top level are, since merges splice by them.
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

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0

    private init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    /// Checks that the text is one JSON value and nothing else.
    package static func check(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        try scanner.value(depth: 0)
        try scanner.end()
    }

    /// Checks the text and notes the members or elements of its top level, in their order.
    package static func document(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> Document {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        var document = Document.scalar
        switch scanner.peek {
        case UInt8(ascii: "{"):
            var members: [Member] = []
            try scanner.object(depth: 1) { members.append($0) }
            document = .object(members)
        case UInt8(ascii: "["):
            var elements: [Range<Int>] = []
            try scanner.array(depth: 1) { elements.append($0) }
            document = .array(elements: elements)
        default:
            try scanner.value(depth: 0)
        }
        try scanner.end()
        return document
    }

    /// The next byte, 0 at the end: a NUL is no JSON anywhere, so the two need not be told apart.
    private var peek: UInt8 {
        index < text.count ? text[index] : 0
    }

    private mutating func skipSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func end() throws(JSONError) {
        skipSpace()
        if index < text.count { throw error("something follows the value") }
    }

    private func error(_ message: String) -> JSONError {
        index < text.count
            ? JSONError(message: message, offset: index)
            : JSONError(message: "the text ends in the middle of a value", offset: index)
    }

    private mutating func value(depth: Int) throws(JSONError) {
        switch peek {
        case UInt8(ascii: "{"): try object(depth: depth + 1) { _ in }
        case UInt8(ascii: "["): try array(depth: depth + 1) { _ in }
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: throw error("a value was expected")
        }
    }

    private mutating func object(depth: Int, each: (Member) -> Void) throws(JSONError) {
        guard depth <= Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit)") }
        index += 1
        skipSpace()
        if peek == UInt8(ascii: "}") {
            index += 1
            return
        }
        while true {
            let keyStart = index
            guard peek == UInt8(ascii: "\"") else { throw error("a member's name was expected") }
            try string()
            let key = keyStart..<index
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw error("':' was expected") }
            index += 1
            skipSpace()
            let valueStart = index
            try value(depth: depth)
            each(Member(key: key, value: valueStart..<index))
            if try !separator(close: UInt8(ascii: "}")) { return }
        }
    }

    private mutating func array(depth: Int, each: (Range<Int>) -> Void) throws(JSONError) {
        guard depth <= Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit)") }
        index += 1
        skipSpace()
        if peek == UInt8(ascii: "]") {
            index += 1
            return
        }
        while true {
            let start = index
            try value(depth: depth)
            each(start..<index)
            if try !separator(close: UInt8(ascii: "]")) { return }
        }
    }

    /// Reads what stands between two members: true for a comma, false for the end.
    private mutating func separator(close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        switch peek {
        case UInt8(ascii: ","):
            index += 1
            skipSpace()
            return true
        case close:
            index += 1
            return false
        default:
            throw error("',' or '\(Character(Unicode.Scalar(close)))' was expected")
        }
    }

    private mutating func string() throws(JSONError) {
        index += 1
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw error("a control character in a string is written as an escape")
            case 0x80...: try multibyte()
            default: index += 1
            }
        }
        throw error("")
    }

    private mutating func escape() throws(JSONError) {
        index += 1
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            index += 1
            for _ in 0..<4 {
                guard Self.isHexDigit(peek) else { throw error("'\\u' takes four hexadecimal digits") }
                index += 1
            }
        default:
            throw error("an unknown escape")
        }
    }

    /// One character of two to four bytes, well formed by RFC 3629 section 4 (no overlong form, no surrogate).
    private mutating func multibyte() throws(JSONError) {
        guard let length = UTF8Sequence.length(in: text, at: index) else { throw error("this is not UTF-8") }
        index += length
    }

    private mutating func number() throws(JSONError) {
        if peek == UInt8(ascii: "-") { index += 1 }
        if peek == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            index += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONError) {
        let start = index
        while (0x30...0x39).contains(peek) { index += 1 }
        if index == start { throw error("a digit was expected") }
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[offset] else { throw error("'\(word)' was expected") }
            index += 1
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
