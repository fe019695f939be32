import Base

/// Writing JSON text (RFC 8259) into bytes, without a tree in between.
package enum JSONText {
    /// Appends `string` as a JSON string with its quotes (RFC 8259 section 7).
    package static func append(string: String, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { append(stringOf: $0, to: &bytes) }
    }

    /// `string` as a JSON string with its quotes.
    package static func quoted(_ string: String) -> String {
        var bytes: [UInt8] = []
        append(string: string, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends UTF-8 text as a JSON string with its quotes; the text must be valid UTF-8.
    ///
    /// It is measured first, so that it is written once, into memory of just its size.
    package static func append(stringOf text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: text.count + lengthOfEscapes(in: text) + 2) { span in
            span.append(UInt8(ascii: "\""))
            span.withUnsafeMutableBufferPointer { buffer, count in
                count = write(text, to: UnsafeMutableRawBufferPointer(buffer), at: count)
            }
            span.append(UInt8(ascii: "\""))
        }
    }

    /// Appends a whole number.
    package static func append(_ number: Int, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(UInt64(number.magnitude), to: &bytes)
    }

    /// Appends a whole number.
    package static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(decimal: number)
    }

    /// Appends a duration as milliseconds with one decimal, such as `12.3`.
    package static func append(milliseconds duration: Duration, to bytes: inout [UInt8]) {
        let tenths = (duration.wholeMicroseconds + 50) / 100
        append(tenths / 10, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(ascii: "0") + UInt8(tenths % 10))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// The bytes by which escapes make a text longer.
    private static func lengthOfEscapes(in text: UnsafeBufferPointer<UInt8>) -> Int {
        var length = 0
        var index = 0
        while index < text.count {
            if index + EightBytes.count <= text.count {
                let unescaped = EightBytes(text, at: index).unescaped
                if unescaped == EightBytes.count {
                    index += EightBytes.count
                    continue
                }
                index += unescaped
            }
            if mustEscape(text[index]) { length += shortEscape(text[index]) == nil ? 5 : 1 }
            index += 1
        }
        return length
    }

    /// Writes the text with its escapes, for which there is room, and gives the place behind it.
    private static func write(
        _ text: UnsafeBufferPointer<UInt8>, to buffer: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        var place = start
        var index = 0
        while index < text.count {
            // Eight bytes have room wherever eight are left to read: what is written is never shorter than what is read.
            if index + EightBytes.count <= text.count {
                let eight = EightBytes(text, at: index)
                eight.store(to: buffer, at: place)
                let unescaped = eight.unescaped
                if unescaped == EightBytes.count {
                    place += EightBytes.count
                    index += EightBytes.count
                    continue
                }
                place += unescaped
                index += unescaped
            }
            if mustEscape(text[index]) {
                place = write(escaped: text[index], to: buffer, at: place)
            } else {
                buffer[place] = text[index]
                place += 1
            }
            index += 1
        }
        return place
    }

    private static func write(escaped byte: UInt8, to buffer: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
        buffer[place] = UInt8(ascii: "\\")
        if let letter = shortEscape(byte) {
            buffer[place + 1] = letter
            return place + 2
        }
        buffer[place + 1] = UInt8(ascii: "u")
        buffer[place + 2] = UInt8(ascii: "0")
        buffer[place + 3] = UInt8(ascii: "0")
        buffer[place + 4] = UInt8(ascii: "0") + (byte >> 4)
        buffer[place + 5] = UInt8(hexDigitOf: UInt64(byte))
        return place + 6
    }

    /// What stands behind the backslash, nil for a control byte that has no letter of its own.
    private static func shortEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0C: UInt8(ascii: "f")
        case 0x0D: UInt8(ascii: "r")
        default: nil
        }
    }
}
