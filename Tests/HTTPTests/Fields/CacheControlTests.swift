import HTTP
import TestSupport
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
