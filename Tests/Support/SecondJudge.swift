import Foundation

/// Foundation's JSONSerialization as a second judge of JSON, and where it differs from RFC 8259 or from its own kind.
///
/// It is more lenient in four ways: it takes a comma behind the last element or member (sections 4 and 5 have none), a byte
/// order mark and encodings other than UTF-8 (section 8.1), and nesting to 512 (section 9 leaves the limit to the parser).
/// It is stricter in two: it refuses the escape of a lone surrogate (section 8.2 says only that what readers do with it is
/// unpredictable) and a number that no Double holds (section 6 lets a parser limit ranges; the gateway passes bytes on).
package enum SecondJudge {
    /// Whether the bytes are JSON to it.
    package static func accepts(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    /// The texts that the bytes become without what only the second judge takes.
    package static func withoutLeniency(_ bytes: [UInt8]) -> [[UInt8]] {
        let encodings: [String.Encoding] = [
            .utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian, .utf32BigEndian,
        ]
        let decoded = encodings.compactMap { String(data: Data(bytes), encoding: $0).map { Array($0.utf8) } }
        return ([bytes] + decoded).map { text in
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            // By scalar, since "\r\n" is one character otherwise.
            let comma = #/,([ \t\r\n]*[\]}])/#.matchingSemantics(.unicodeScalar)
            return outsideStrings(text.starts(with: mark) ? Array(text.dropFirst(3)) : text) {
                $0.replacing(comma) { $0.output.1 }
            }
        }
    }

    /// The text with what the second judge refuses put in other words.
    package static func withoutStrictness(_ bytes: [UInt8]) -> [UInt8] {
        let short = outsideStrings(bytes) { $0.replacing(#/[eE][+\-]?[0-9]{3,}/#, with: "") }
        return Array(text(short).replacing(#/\\u[dD][89a-fA-F][0-9a-fA-F]{2}/#, with: "\\u0041").utf8)
    }

    /// Changes what stands between strings.
    private static func outsideStrings(_ bytes: [UInt8], _ change: (String) -> String) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let quote = rest.firstIndex(of: 0x22) {
            result += Array(change(text(rest[..<quote])).utf8)
            var end = quote + 1
            while end < rest.endIndex, rest[end] != 0x22 { end += rest[end] == 0x5C ? 2 : 1 }
            end = min(end + 1, rest.endIndex)
            result += rest[quote..<end]
            rest = rest[end...]
        }
        return result + Array(change(text(rest)).utf8)
    }
}
