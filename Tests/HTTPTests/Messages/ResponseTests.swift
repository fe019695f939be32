import Base
import HTTP
import TestSupport
import Testing

/// Header lines that no value can break.
@Suite struct ResponseTests {
    @Test func eachFieldIsALine() {
        var fields = HeaderBlock()
        fields.append("Allow", "GET, HEAD")
        fields.append("X-Empty", "")
        fields.append("X-Bytes", [0x61, 0xC3, 0xA9])
        #expect(text(fields.bytes) == "Allow: GET, HEAD\r\nX-Empty: \r\nX-Bytes: aé\r\n")
    }

    @Test func everyControlByteOfAValueBecomesASpace() {
        for byte in UInt8.min...UInt8.max {
            var fields = HeaderBlock()
            fields.append("A", [0x78, byte, 0x79])
            let isControl = byte < 0x20 || byte == 0x7F
            #expect(fields.bytes == Array("A: x".utf8) + [isControl ? 0x20 : byte] + Array("y\r\n".utf8))
        }
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "\r\n\r\n<html>", "a\u{0}b"])
    func noValueAddsALine(value: String) {
        var fields = HeaderBlock()
        fields.append("A", value)
        #expect(fields.bytes.count { $0 == 0x0A } == 1)
        #expect(fields.bytes.count { $0 == 0x0D } == 1)
        #expect(fields.bytes.suffix(2) == [0x0D, 0x0A])
        #expect(!fields.bytes.contains(0))
    }

    @Test(arguments: UInt64(1)...30)
    func generatedValuesAddNoLine(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var fields = HeaderBlock()
        for _ in 0..<10 { fields.append("A", random.hostileText()) }
        #expect(fields.bytes.count { $0 == 0x0A } == 10)
        #expect(fields.bytes.count { $0 == 0x0D } == 10)
    }

    @Test func aResponseStartsEmpty() {
        let response = Response(status: 204)
        #expect(response.fields.bytes.isEmpty)
        #expect(response.body.isEmpty)
    }
}
