import Base

/// Why a message cannot be read.
package enum MessageError: Error, Sendable, Equatable, CaseIterable {
    case badStatusLine, badField, badLength, badCoding, badChunk, bareLineFeed, headerTooLong, unwantedUpgrade
}

/// What header fields and their neighbours are made of (RFC 9110 section 5.6, RFC 9112), for requests and answers alike.
package enum FieldSyntax {
    /// Name and value of a field line (RFC 9112 section 5), the value without the blanks around it.
    package static func split(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(MessageError) -> (name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        var colon = 0
        // Nearly all names are letters and hyphens, up to their colon.
        while colon + EightBytes.count <= line.count {
            let letters = EightBytes(line, at: colon).lettersAndHyphens
            colon += letters
            if letters < EightBytes.count { break }
        }
        while colon < line.count, Self.isToken(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":"), isText(line, from: colon + 1) else {
            throw .badField
        }
        var start = colon + 1
        var end = line.count
        while start < end, isBlank(line[start]) { start += 1 }
        while end > start, isBlank(line[end - 1]) { end -= 1 }
        return (
            UnsafeBufferPointer(rebasing: line[..<colon]), UnsafeBufferPointer(rebasing: line[start..<end])
        )
    }

    /// Whether a text begins with the name of the protocol and its slash (RFC 9112 section 2.3).
    package static func namesHTTP(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= 5 && text[0] == UInt8(ascii: "H") && text[1] == UInt8(ascii: "T") && text[2] == UInt8(ascii: "T")
            && text[3] == UInt8(ascii: "P") && text[4] == UInt8(ascii: "/")
    }

    /// The size that a chunk's line begins with (RFC 9112 section 7.1); extensions are checked for their bytes alone.
    package static func chunkSize(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(MessageError) -> (size: Int, digits: Int) {
        var size = 0
        var index = 0
        while index < line.count, let digit = line[index].hexDigit {
            // 15 digits: a size that fits, whatever they are.
            guard index < 15 else { throw .badChunk }
            size = (size << 4) | digit
            index += 1
        }
        guard index > 0, isText(line, from: index) else { throw .badChunk }
        var next = index
        while next < line.count, isBlank(line[next]) { next += 1 }
        // Blanks may stand before an extension, not in its place.
        guard index == line.count || (next < line.count && line[next] == UInt8(ascii: ";")) else { throw .badChunk }
        return (size, index)
    }

    /// Digits only: no sign, no list, no blank inside (RFC 9110 section 8.6).
    ///
    /// What no `Int` holds is its largest value, which is too much for any limit.
    package static func length(_ value: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !value.isEmpty else { return nil }
        var length = 0
        for byte in value {
            guard let digit = byte.digit else { return nil }
            length = length >= Int.max / 10 ? .max : length * 10 + digit
        }
        return length
    }

    package static func eachToken(
        _ list: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var start = 0
        while start < list.count {
            var end = start
            while end < list.count, list[end] != UInt8(ascii: ",") { end += 1 }
            var first = start
            var last = end
            while first < last, isBlank(list[first]) { first += 1 }
            while last > first, isBlank(list[last - 1]) { last -= 1 }
            body(UnsafeBufferPointer(rebasing: list[first..<last]))
            start = end + 1
        }
    }

    // MARK: Bytes

    package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Without control bytes, of which a tab is none here (RFC 9110 section 5.5).
    package static func isText(_ line: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        var index = start
        while index < line.count {
            if index + EightBytes.count <= line.count {
                let text = EightBytes(line, at: index).visible
                index += text
                if text == EightBytes.count { continue }
            }
            let byte = line[index]
            if (byte < 0x20 && byte != 0x09) || byte == 0x7F { return false }
            index += 1
        }
        return true
    }

    /// RFC 9110 section 5.6.2, as two words with a bit for each byte below 128.
    package static func isToken(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        guard byte < 128 else { return false }
        return ((byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1) == 1
    }

    /// Compares without regard to case; `name` is in lower case.
    package static func isName(_ text: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
        isName(text, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// Compares without regard to case; `name` is in lower case.
    package static func isName(_ text: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == name.count else { return false }
        var start = 0
        while start + EightBytes.count <= text.count {
            guard EightBytes(text, at: start).isSame(asLowerCase: EightBytes(name, at: start)) else { return false }
            start += EightBytes.count
        }
        for index in start..<text.count {
            let byte = text[index]
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lower != name[index] { return false }
        }
        return true
    }
}
