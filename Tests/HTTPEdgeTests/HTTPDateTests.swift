import FanOut
import Testing

@testable import HTTPEdge

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
        #expect(HTTPDate.format(seconds) == text)
    }

    @Test("what is written is read as the same time, from the year 1000 to 9999")
    func roundTrip() {
        var random = SplitMix64(seed: 567)
        for _ in 0..<10_000 {
            let seconds = Int64.random(in: -30_610_224_000..<253_402_300_800, using: &random)
            #expect(HTTPDateText.seconds(HTTPDate.format(seconds)) == seconds)
        }
    }
}
