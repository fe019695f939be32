import Base
import HTTP
import TestSupport
import Testing

@Suite struct HTTPDateTests {
    @Test(
        "a time is written as RFC 9110 wants it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)])
    func format(seconds: Int64, text: String) {
        #expect(HTTPDate.text(seconds) == text)
    }

    @Test("what is written is read as the same time, from the year 1000 to 9999")
    func roundTrip() {
        var random = SplitMix64(seed: 567)
        for _ in 0..<10_000 {
            let seconds = Int64.random(in: -30_610_224_000..<253_402_300_800, using: &random)
            #expect(HTTPDate.seconds(HTTPDate.text(seconds)) == seconds)
        }
    }

    @Test(
        "the three formats of a date are read, letters of either case",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("sun, 06 nov 1994 08:49:37 gmt", 784_111_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Thu, 31 Dec 2099 23:59:59 GMT", 4_102_444_799),
            ("Thursday, 26-Nov-26 00:00:00 GMT", 1_795_651_200), ("Thu Nov 26 00:00:00 2026", 1_795_651_200),
            ("Wed, 31 Dec 2008 23:59:60 GMT", 1_230_768_000),
        ] as [(String, Int64)])
    func reads(text: String, seconds: Int64) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test(
        "what is no date is none",
        arguments: [
            "", "0", "-1", "never", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun 06 Nov 1994 08:49:37 GMT", "Sonntag, 06-Nov-94 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 32 Jan 1994 08:49:37 GMT", "Sun, 29 Feb 1994 08:49:37 GMT",
            "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 31 Apr 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-Nov 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT", "2026-11-26T00:00:00Z", "Sun Nov 6 08:49:37 94",
            "Sun, 06 Növ 1994 08:49:37 GMT",
        ])
    func refuses(text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }

    @Test("no text makes the reader trap")
    func generated() {
        var random = SeededGenerator(seed: 5_67)
        let whole = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        for _ in 0..<20_000 {
            var bytes = Array(random.pick(whole).utf8)
            random.spoil(&bytes)
            if let seconds = HTTPDate.seconds(text(bytes)) {
                #expect((-62_135_596_800..<253_402_300_801).contains(seconds))
            }
        }
    }
}
