import Testing

@testable import Configuration

@Test(
    "The distance counts insertions, deletions, substitutions and swaps of neighbours",
    arguments: [
        ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("timout", "timeout", 1), ("tiemout", "timeout", 1),
        ("ab", "ba", 1), ("abcd", "badc", 2), ("kitten", "sitting", 3),
    ])
func measures(a: String, b: String, distance: Int) {
    #expect(NearestName.distance(Array(a.utf8), Array(b.utf8)) == distance)
    #expect(NearestName.distance(Array(b.utf8), Array(a.utf8)) == distance)
}

@Test("The nearest name is the one with the fewest mistakes, whatever its case")
func findsNearest() {
    let names = ["timeout", "url", "as", "access_log", "listen"]
    #expect(NearestName.of("timout", among: names) == "timeout")
    #expect(NearestName.of("URL", among: names) == "url")
    #expect(NearestName.of("access-log", among: names) == "access_log")
    #expect(NearestName.of("accessLog", among: names) == "access_log")
    #expect(NearestName.of("lisetn", among: names) == "listen")
}

@Test("A word that is like none of the names has no nearest one", arguments: ["", "x", "colour", "zzzzzzz", "ok"])
func findsNone(word: String) {
    #expect(NearestName.of(word, among: ["timeout", "url", "as"]) == nil)
}
