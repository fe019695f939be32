import HTTP
import TestSupport
import Testing

/// Path and query of a request's target, normalised as nginx does it.
@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/", [""]), ("/a", ["a"]), ("/a/", ["a", ""]), ("/a/b", ["a", "b"]), ("//", [""]), ("///a", ["a"]),
        ("/a//b", ["a", "b"]), ("/a//", ["a", ""]), ("/.", [""]), ("/./a", ["a"]), ("/a/.", ["a", ""]),
        ("/a/./b", ["a", "b"]),
        ("/a/..", [""]), ("/a/../", [""]), ("/a/../b", ["b"]), ("/a/b/..", ["a", ""]), ("/a//../b", ["b"]),
        ("/a/b/../../c", ["c"]), ("/...", ["..."]), ("/a/..b", ["a", "..b"]), ("/.a", [".a"]),
    ])
    func slashesAreMergedAndDotSegmentsResolved(target: String, segments: [String]) {
        #expect(RequestTarget(target)?.segments == segments)
    }

    @Test(arguments: [
        ("/%61", ["a"]), ("/a%2Fb", ["a", "b"]), ("/a%2f%2Fb", ["a", "b"]), ("/a/%2e%2e/b", ["b"]),
        ("/a/%2E./b", ["b"]),
        ("/a%2F..%2Fb", ["b"]), ("/%2e", [""]), ("/a%20b", ["a b"]), ("/%C3%A9", ["é"]), ("/é", ["é"]),
        ("/a%3Fb", ["a?b"]),
        ("/a%23", ["a#"]), ("/%252e%252e/a", ["%2e%2e", "a"]), ("/a%5C..%5Cb", ["a\\..\\b"]), ("/a+b", ["a+b"]),
        ("/a%0D%0Ab", ["a\r\nb"]), ("/a;v=1/b", ["a;v=1", "b"]), ("/a:b@c", ["a:b@c"]),
    ])
    func escapesAreDecodedOnceAndBeforeTheDots(target: String, segments: [String]) {
        #expect(RequestTarget(target)?.segments == segments)
    }

    @Test(arguments: [
        "/..", "/../", "/../a", "/a/../..", "/a/../../b", "/./..", "//..", "/%2e%2e", "/%2e./a", "/a%2F..%2F..",
        "/..%2Fa",
        "http://h/..", "http://h/a/../../b",
    ])
    func aPathThatClimbsAboveTheRootIsNoTarget(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test(arguments: [
        "/%", "/%2", "/%zz", "/a%", "/%00", "/a%00b", "/\u{0}", "/%ff", "/%C0%AF", "/%ED%A0%80", "/a b", "/a\tb",
        "/a\u{7F}", "/a#b",
        "/\r\n",
    ])
    func whatIsNotWellFormedIsNoTarget(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test(arguments: [
        "", "*", "a", "a/b", "?a", "host:443", "ftp://h/a", "://h/a", "file:///etc", "http:/a", "http:a",
        "javascript:/a", "http//h/a",
    ])
    func otherFormsThanOriginAndAbsoluteAreNoTarget(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test(
        arguments: [
            ("http://h", [""], nil), ("http://h/", [""], nil), ("https://h:1/a/b?c=d", ["a", "b"], "c=d"),
            ("HTTP://h/a", ["a"], nil),
            ("http://h?x=1", [""], "x=1"), ("http://[::1]:80/a%2Fb", ["a", "b"], nil), ("http://h?x=/y", [""], "x=/y"),
            ("http://h/http://g/", ["http:", "g", ""], nil),
        ] as [(String, [String], String?)])
    func absoluteFormCountsForItsPath(target: String, segments: [String], query: String?) {
        let read = RequestTarget(target)
        #expect(read?.segments == segments)
        #expect(read?.query.map(String.init) == query)
    }

    @Test(arguments: ["http://", "http:///a", "http://?a", "http://a b/", "http://h#x/a", "http://h\u{0}/"])
    func absoluteFormNeedsAHost(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test func theQueryIsWhatFollowsTheFirstQuestionMarkAsItWasSent() {
        #expect(RequestTarget("/a")?.query == nil)
        #expect(RequestTarget("/a?")?.query == "")
        #expect(RequestTarget("/a?b=%41?c/../d")?.query == "b=%41?c/../d")
    }

    @Test(arguments: [
        ("a=1", "1"), ("b=2&a=1", "1"), ("a=1&a=2", "1"), ("a", ""), ("a=", ""), ("&&a=1&", "1"), ("a=b=c", "b=c"),
        ("%61=1", "1"),
        ("a=x+y%2B", "x y+"), ("a=%C3%A9", "é"), ("b&a=1", "1"), ("a=%26b%3D2", "&b=2"), ("%zz=2&a=1", "1"),
        ("a=a;b=2", "a;b=2"),
    ])
    func aQueryParameterIsFoundAndDecoded(query: String, value: String) {
        #expect(RequestTarget("/p?" + query)?.queryValue("a") == value)
    }

    @Test(arguments: ["", "b=1", "A=1", "aa=1", "=1", "a=%", "a=%zz", "a=%00", "a=%FF", "b=a", "%a=1"])
    func aQueryParameterThatIsMissingOrMalformedIsNone(query: String) {
        #expect(RequestTarget("/p?" + query)?.queryValue("a") == nil)
    }

    @Test func withoutAQueryThereIsNoParameter() {
        #expect(RequestTarget("/p")?.queryValue("a") == nil)
    }

    @Test(arguments: UInt64(1)...200)
    func generatedTargetsNeverTrapAndNeverKeepASlashOrADotSegment(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            guard let target = RequestTarget("/" + random.hostileText(length: 10)) else { continue }
            #expect(!target.segments.isEmpty)
            #expect(target.segments.allSatisfy { !$0.utf8.contains(UInt8(ascii: "/")) && $0 != "." && $0 != ".." })
            #expect(target.segments.dropLast().allSatisfy { !$0.isEmpty })
            _ = target.queryValue("a")
        }
    }
}
