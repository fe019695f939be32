import TestSupport
import Testing

@testable import FanOut
@testable import JSON

/// Where a scanner that takes eight bytes at a time could go wrong: every place in a block, every end of the text.
@Suite struct JSONScannerEdgeTests {
    /// Exactly the bytes and no more, so that a debug build stops at a read behind the end.
    private static func error(in bytes: [UInt8]) -> JSONError? {
        bytes.withUnsafeBufferPointer { text in
            do throws(JSONError) {
                try JSONScanner.check(text)
                return nil
            } catch {
                return error
            }
        }
    }

    /// A string of `length` letters, with `bytes` at the place given.
    private static func string(_ bytes: [UInt8], at place: Int, of length: Int) -> [UInt8] {
        let letters = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        return [0x22] + letters[..<place] + bytes + letters[place...] + [0x22]
    }

    private static let notUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ]

    @Test("What is not UTF-8 is refused where it starts, at every place of a string", arguments: notUTF8)
    func badUTF8AtEveryPlace(bytes: [UInt8]) {
        for length in [0, 1, 7, 8, 9, 15, 16, 17, 33] {
            for place in 0...length {
                let error = Self.error(in: Self.string(bytes, at: place, of: length))
                #expect(error == JSONError(message: "this is not UTF-8", offset: place + 1))
            }
        }
    }

    @Test(
        "What is UTF-8 passes at every place of a string", arguments: ["é", "€", "😀", "\u{10FFFF}", "ж京😀é", "\u{7F}"])
    func goodUTF8AtEveryPlace(character: String) {
        for length in 0...33 {
            for place in 0...length {
                #expect(Self.error(in: Self.string(Array(character.utf8), at: place, of: length)) == nil)
            }
        }
    }

    @Test("Every control byte is refused where it is, at every place of a string")
    func controlBytesAtEveryPlace() {
        for byte in UInt8(0)..<0x20 {
            for place in 0...17 {
                #expect(Self.error(in: Self.string([byte], at: place, of: 17))?.offset == place + 1)
            }
        }
    }

    @Test("A backslash or a quote counts at every place of a string")
    func escapesAtEveryPlace() {
        for place in 0...20 {
            for escape in ["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u00e9", "\\uD800", "\\udc00"] {
                #expect(Self.error(in: Self.string(Array(escape.utf8), at: place, of: 20)) == nil)
            }
            #expect(Self.error(in: Self.string(Array("\\x".utf8), at: place, of: 20))?.offset == place + 2)
            #expect(Self.error(in: Self.string(Array("\\u12g4".utf8), at: place, of: 20))?.offset == place + 5)
            #expect(Self.error(in: Self.string(Array("\"".utf8), at: place, of: 20))?.offset == place + 2)
        }
    }

    @Test("A number of any length is read to its end, at every place of the text", arguments: 0...20)
    func numbersOfEveryLength(length: Int) {
        let digits = String(repeating: "7", count: length)
        for number in [
            "1\(digits)", "-1\(digits)", "0.5\(digits)", "1e3\(digits)", "1\(digits).\(digits)0E-0\(digits)",
        ] {
            for pad in 0...9 {
                let space = String(repeating: " ", count: pad)
                for text in ["\(space)\(number)", "[\(space)\(number)]", "{\"a\":\(number)\(space)}"] {
                    #expect(Self.error(in: Array(text.utf8)) == nil, "\(text)")
                }
                for bad in ["\(number)x", "\(number).", "0\(number)", "\(number)-"] where !bad.hasPrefix("0-") {
                    #expect(Self.error(in: Array("\(space)[\(bad)]".utf8)) != nil, "\(bad)")
                }
            }
        }
    }

    @Test("White space of any length and kind is skipped, and nothing else is white space")
    func whiteSpace() {
        for length in 0...40 {
            for space in [" ", "\n", "\t", "\r", "\n ", " \t"] {
                let gap = String(String(repeating: space, count: length).prefix(length))
                #expect(
                    Self.error(
                        in: Array("\(gap)[\(gap)1\(gap),\(gap){\(gap)\"a\"\(gap):\(gap)2\(gap)}\(gap)]\(gap)".utf8))
                        == nil)
            }
            for byte in (UInt8(0)..<0x20).filter({ ![9, 10, 13].contains($0) }) + [0x7F, 0xA0] {
                let text = [UInt8](repeating: 0x20, count: length) + [byte, 0x31]
                #expect(Self.error(in: text)?.offset == length)
            }
        }
    }

    private static let document = Array(
        #" {"id":-12.50e+3,"näme":"Ada \"L\" \u00e9€😀 and a tail","list":[true,false,null,[],{},[{"deep":0}]], "z" : "" }"#
            .utf8)

    @Test("A document cut off at any byte is refused, and where it ends is where the error is")
    func everyTruncation() {
        #expect(Self.error(in: Self.document) == nil)
        for length in 0..<Self.document.count {
            let cut = Array(Self.document[..<length])
            guard let error = Self.error(in: cut) else {
                Issue.record("\(text(cut))")
                continue
            }
            // In the middle of a character the error is where that starts.
            #expect(length - error.offset <= 3, "\(text(cut)) \(error)")
        }
    }

    @Test("Whatever follows a document makes it none, but white space")
    func trailingBytes() {
        for byte in UInt8.min...UInt8.max {
            let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
            #expect((Self.error(in: Self.document + [byte]) == nil) == isSpace)
            #expect((Self.error(in: Array("12".utf8) + [byte]) == nil) == (isSpace || (0x30...0x39).contains(byte)))
        }
    }

    @Test("A NUL is refused at every place, and a byte order mark at the start")
    func nulAndByteOrderMark() {
        for place in 0...Self.document.count {
            #expect(Self.error(in: Self.document[..<place] + [0] + Self.document[place...]) != nil)
        }
        #expect(Self.error(in: [0xEF, 0xBB, 0xBF] + Self.document)?.offset == 0)
    }

    @Test("A string of 10 MB passes, and is refused for one byte at its end")
    func hugeStrings() {
        let huge = [0x22] + [UInt8](repeating: 0x61, count: 10_000_000)
        #expect(Self.error(in: huge + [0x22]) == nil)
        #expect(Self.error(in: huge)?.offset == huge.count)
        #expect(Self.error(in: huge + [0x1F, 0x22])?.offset == huge.count)
        #expect(Self.error(in: huge + [0xC3, 0x22])?.offset == huge.count)
    }

    @Test("Objects and arrays in turn nest to the limit and not deeper")
    func mixedDepth() {
        func nested(_ pairs: Int, _ inner: String) -> [UInt8] {
            Array((String(repeating: "{\"a\":[", count: pairs) + inner + String(repeating: "]}", count: pairs)).utf8)
        }
        let pairs = JSONScanner.depthLimit / 2
        #expect(Self.error(in: nested(pairs, "")) == nil)
        #expect(Self.error(in: nested(pairs, "1,{\"a\":2}"))?.message == "nested deeper than 256")
        #expect(Self.error(in: nested(pairs, "[]"))?.offset == pairs * 6)
    }

    @Test("Keys that one object carries twice pass as they are")
    func duplicateKeys() {
        let body = Array(#"{"a":1,"a":2,"\u0061":{"a":3,"a":4}}"#.utf8)
        #expect(Part(body, as: .json, needsObject: false)?.json == body)
        #expect(Part(body, as: .json, needsObject: true)?.members?.count == 3)
    }
}
