import FanOut
import Testing

@Suite struct CacheControlTests {
    private static func control(_ change: (inout CacheControl) -> Void) -> CacheControl {
        var control = CacheControl([])
        change(&control)
        return control
    }

    @Test(
        "each directive is read for what it is",
        arguments: [
            ([""], control { _ in }), ([], control { _ in }), ([", ,,"], control { _ in }),
            (["public"], control { $0.isPublic = true }), (["PuBlIc"], control { $0.isPublic = true }),
            (["private"], control { $0.isPrivate = true }), (["private=\"a, b\""], control { $0.isPrivate = true }),
            (["no-store"], control { $0.forbidsStoring = true }), (["no-cache"], control { $0.forbidsUse = true }),
            (["no-cache=\"set-cookie\""], control { $0.forbidsUse = true }),
            (["proxy-revalidate"], control { $0.forbidsStaleUse = true }),
            (["max-age=5"], control { $0.maxAge = 5 }), (["max-age=\"5\""], control { $0.maxAge = 5 }),
            (["s-maxage=7 , max-age=5"], control { ($0.sharedMaxAge, $0.maxAge) = (7, 5) }),
            (["max-age=5", "s-maxage=7"], control { ($0.sharedMaxAge, $0.maxAge) = (7, 5) }),
            (["max-age=5,max-age=9"], control { $0.maxAge = 5 }),
            (
                ["stale-if-error=1,stale-while-revalidate=2"],
                control {
                    ($0.staleIfError, $0.staleWhileRevalidate) = (1, 2)
                }
            ),
            (["max-age"], control { $0.maxAge = 0 }), (["max-age="], control { $0.maxAge = 0 }),
            (["max-age=-1"], control { $0.maxAge = 0 }), (["max-age=1.5"], control { $0.maxAge = 0 }),
            (["max-age=x"], control { $0.maxAge = 0 }),
            (["max-age=99999999999999999999"], control { $0.maxAge = 1 << 31 }),
            (["max-ages=5, xmax-age=5, public2"], control { _ in }),
            (["ext=\"a, no-store\", public"], control { $0.isPublic = true }),
            (["ext=\"a\\\", no-store\", public"], control { $0.isPublic = true }),
            (["community=UCI;x, public"], control { $0.isPublic = true }),
        ] as [([String], CacheControl)])
    func directives(values: [String], wanted: CacheControl) {
        #expect(CacheControl(values) == wanted)
    }

    @Test("what cannot be told from a quoted string that does not end is not stored")
    func unended() {
        #expect(CacheControl(["max-age=60, ext=\"a, no-cache"]).forbidsStoring)
    }

    @Test("any bytes are read to their end, and no-store in front of them is obeyed")
    func generated() {
        var random = SeededGenerator(seed: 9_111)
        let pieces = [
            "max-age", "=", "\"", ",", " ", "public", "\\", "5", "s-maxage", ";", "no-cache", "é", "\t", "=\"", "\",",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in random.pick(pieces) }.joined()
            #expect(CacheControl(["no-store," + text]).forbidsStoring)
        }
    }
}

@Suite struct HTTPDateTextTests {
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
        #expect(HTTPDateText.seconds(text) == seconds)
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
        #expect(HTTPDateText.seconds(text) == nil)
    }

    @Test("no text makes the reader trap")
    func generated() {
        var random = SeededGenerator(seed: 5_67)
        let whole = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        for _ in 0..<20_000 {
            var bytes = Array(random.pick(whole).utf8)
            random.spoil(&bytes)
            if let seconds = HTTPDateText.seconds(text(bytes)) {
                #expect((-62_135_596_800..<253_402_300_801).contains(seconds))
            }
        }
    }
}
