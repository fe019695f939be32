/// Writing JSON text (RFC 8259) into bytes, without a tree in between.
package enum JSONText {
    /// Appends `string` as a JSON string with its quotes (RFC 8259 section 7).
    package static func append(string: String, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { append(stringOf: $0, to: &bytes) }
    }

    /// Appends UTF-8 text as a JSON string with its quotes; the text must be valid UTF-8.
    package static func append(stringOf text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in 0..<text.count where mustEscape(text[index]) {
            bytes.append(contentsOf: text[start..<index])
            append(escaped: text[index], to: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: text[start...])
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a whole number.
    package static func append(_ number: some BinaryInteger, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(number).utf8)
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

    private static func append(escaped byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(UInt8(ascii: "0") + (byte >> 4))
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }
}
