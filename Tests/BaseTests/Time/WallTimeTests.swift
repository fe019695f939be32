import Base
import Glibc
import TestSupport
import Testing

@Suite("Wall time")
struct WallTimeTests {
    @Test(
        "Known moments are written as RFC 3339 has them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_772_323_199_042, "2026-02-28T23:59:59.042Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
            (Int64.min, "0000-01-01T00:00:00.000Z"),
        ])
    func known(milliseconds: Int64, text: String) {
        #expect(WallTime(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test("Generated moments are written as gmtime_r(3) has them")
    func likeTheLibrary() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<5_000 {
            let milliseconds = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            var seconds = time_t((Double(milliseconds) / 1_000).rounded(.down))
            var parts = tm()
            gmtime_r(&seconds, &parts)
            let text = WallTime(milliseconds: milliseconds).rfc3339
            let read = text.split(whereSeparator: { "-T:.Z".contains($0) }).compactMap { Int32($0) }
            let expected = [
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                Int32(milliseconds - Int64(seconds) * 1_000),
            ]
            #expect(read == expected && text.utf8.count == 24)
        }
    }
}
