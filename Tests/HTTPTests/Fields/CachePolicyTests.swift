import HTTP
import TestSupport
import Testing

@Suite struct CachePolicyTests {
    private static func fields(_ lines: [String]) -> HeaderFields {
        var fields = HeaderFields()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields.append(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return fields
    }

    private static func lifetime(
        _ status: Int, _ lines: [String], isAuthorized: Bool = false, ttl: Int? = nil, staleWhileRevalidate: Int = 0,
        staleIfError: Int = 0
    ) -> AnswerLifetime? {
        var settings = CacheSettings()
        settings.ttl = ttl.map { .seconds($0) }
        settings.staleWhileRevalidate = .seconds(staleWhileRevalidate)
        settings.staleIfError = .seconds(staleIfError)
        return CachePolicy.lifetime(
            status: status, fields(lines), isAuthorized: isAuthorized, unkeyed: ["x-request-id", "traceparent"],
            settings)
    }

    /// Seconds for which an answer is fresh, used while it is refreshed, and used for an error.
    private static func seconds(_ lifetime: AnswerLifetime?) -> [Int64]? {
        lifetime.map { [$0.fresh, $0.refreshable, $0.fallback].map(\.components.seconds) }
    }

    private static let date = "Date: Thu, 26 Nov 2026 00:00:00 GMT"

    @Test(
        "how long an answer is fresh: s-maxage, then max-age, then Expires, then what is configured, less its age",
        arguments: [
            ([], 5), (["Cache-Control: max-age=60"], 60), (["Cache-Control: s-maxage=9, max-age=60"], 9),
            (["cache-control: max-age=60", "CACHE-CONTROL: s-maxage=9"], 9), (["Cache-Control: public"], 5),
            ([date, "Expires: Thu, 26 Nov 2026 00:01:40 GMT"], 100),
            ([date, "Expires: Thursday, 26-Nov-26 00:01:40 GMT"], 100),
            ([date, "Expires: Thu Nov 26 00:01:40 2026"], 100),
            ([date, "Expires: Thu, 26 Nov 2026 00:01:40 GMT", "Cache-Control: max-age=7"], 7),
            (["Cache-Control: max-age=60", "Age: 20"], 40), (["Cache-Control: max-age=60", "Age: 20, 50"], 40),
            (["Cache-Control: max-age=60", "Age: old"], 60), (["Age: 2"], 3),
            (["Cache-Control: max-age=99999999999"], 1 << 31), (["Vary: Accept, Cookie"], 5),
        ] as [([String], Int64)])
    func fresh(lines: [String], wanted: Int64) {
        #expect(Self.seconds(Self.lifetime(200, lines, ttl: 5)) == [wanted, wanted, wanted])
    }

    @Test(
        "what is not kept, whatever is configured",
        arguments: [
            ["Cache-Control: no-store"], ["Cache-Control: private"], ["Cache-Control: no-cache"],
            ["Cache-Control: max-age=60, no-store"], ["Cache-Control: max-age=60", "Cache-Control: private"],
            ["Cache-Control: no-cache=\"x\", max-age=60"], ["Cache-Control: max-age=0"], ["Cache-Control: max-age=x"],
            ["Cache-Control: s-maxage=0, max-age=60"], ["Cache-Control: max-age=60", "Age: 60"], ["Age: 5"],
            ["Expires: 0"], ["Expires: Thu, 26 Nov 2026 00:01:40 GMT"], [date, "Expires: -1"],
            [date, "Expires: Wed, 25 Nov 2026 00:00:00 GMT"],
            ["Date: today", "Expires: Thu, 26 Nov 2026 00:01:40 GMT"],
            ["Vary: *"], ["Vary: Accept", "Vary: a, *"], ["Vary: X-Request-ID"], ["Vary: accept,traceparent"],
            ["Set-Cookie: a=b", "Cache-Control: public, max-age=60"], ["Cache-Control: max-age=60, x=\"open"],
        ])
    func notKept(lines: [String]) {
        #expect(Self.lifetime(200, lines, ttl: 5) == nil)
    }

    @Test("a status that is not cacheable by default is kept only where the answer says for how long")
    func statuses() {
        let usual: Set<Int> = [200, 203, 204, 300, 301, 404, 405, 410, 414, 501]
        for status in 200..<600 {
            let kept = Self.lifetime(status, [], ttl: 5) != nil
            #expect(kept == usual.contains(status), "\(status)")
            let explicit = Self.lifetime(status, ["Cache-Control: max-age=60"], ttl: 5) != nil
            #expect(explicit == (status != 206 && status != 304), "\(status)")
            #expect(Self.lifetime(status, [], ttl: nil) == nil, "\(status)")
        }
    }

    @Test(
        "an answer to an authorized call is kept only where it says that this may be",
        arguments: [
            ("", false), ("max-age=60", false), ("max-age=60, public", true), ("max-age=60, must-revalidate", true),
            ("s-maxage=60", true), ("max-age=60, proxy-revalidate", false), ("public", true),
        ])
    func authorized(control: String, isKept: Bool) {
        #expect((Self.lifetime(200, ["Cache-Control: \(control)"], isAuthorized: true, ttl: 5) != nil) == isKept)
        #expect(Self.lifetime(200, ["Cache-Control: \(control)"], ttl: 5) != nil)
    }

    @Test(
        "how long an answer is used after that: its own word goes before what is configured",
        arguments: [
            ("max-age=10", [10, 12, 70]), ("max-age=10, stale-if-error=1", [10, 12, 11]),
            ("max-age=10, stale-while-revalidate=7", [10, 17, 70]),
            ("max-age=10, stale-while-revalidate=0, stale-if-error=0", [10, 10, 10]),
            ("max-age=10, must-revalidate", [10, 10, 10]), ("max-age=10, proxy-revalidate", [10, 10, 10]),
            ("max-age=10, must-revalidate, stale-if-error=9", [10, 10, 10]), ("s-maxage=10", [10, 10, 10]),
            ("s-maxage=10, stale-if-error=9", [10, 10, 19]), ("max-age=0", [0, 2, 60]), ("", [5, 7, 65]),
        ] as [(String, [Int64])])
    func stale(control: String, wanted: [Int64]) {
        let lines = control.isEmpty ? [] : ["Cache-Control: \(control)"]
        #expect(Self.seconds(Self.lifetime(200, lines, ttl: 5, staleWhileRevalidate: 2, staleIfError: 60)) == wanted)
    }

    @Test("an answer that came too old to be fresh is stale for the less")
    func oldAnswer() {
        let lines = ["Cache-Control: max-age=10", "Age: 15"]
        #expect(Self.seconds(Self.lifetime(200, lines, staleWhileRevalidate: 2, staleIfError: 60)) == [-5, -3, 55])
        #expect(Self.lifetime(200, lines, staleWhileRevalidate: 2, staleIfError: 4) == nil)
    }

    @Test("whatever an answer says, no-store is obeyed, and nothing is fresh for longer than it says")
    func generated() {
        var random = SeededGenerator(seed: 5_861)
        let directives = [
            "public", "max-age=30", "s-maxage=20", "must-revalidate", "stale-if-error=9", "ext=\"x, y\"", "max-age=",
            "stale-while-revalidate=3", "proxy-revalidate", "immutable", "max-age=9",
        ]
        for _ in 0..<5_000 {
            var list = (0..<Int.random(in: 0...5, using: &random)).map { _ in random.pick(directives) }
            let line = "Cache-Control: " + list.joined(separator: random.pick([",", ", ", " ,\t"]))
            if let kept = Self.lifetime(200, [line, "Age: 1"], ttl: 5, staleIfError: 60) {
                #expect(kept.fresh <= .seconds(29))
                #expect(kept.refreshable >= kept.fresh && kept.fallback >= kept.fresh && kept.whole > .zero)
            }
            list.insert(
                random.pick(["no-store", "private", "No-Cache"]), at: Int.random(in: 0...list.count, using: &random))
            #expect(
                Self.lifetime(200, ["Cache-Control: " + list.joined(separator: ",")], ttl: 5, staleIfError: 60) == nil)
        }
    }
}
