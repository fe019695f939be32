import TestSupport
import Testing

@testable import Base
@testable import FanOut
@testable import JSON

/// Places in JSON texts.
@Suite struct JSONPathTests {
    private static let document = #"""
        {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
         "x.y": {"z": [10, {"w": null}]}, "twice": 1, "twice": 2}
        """#

    /// The first twelve are the examples of RFC 6901 section 5.
    @Test(arguments: [
        ("/foo", #"["bar", "baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
        ("/g|h", "4"), (#"/i\j"#, "5"), (#"/k"l"#, "6"), ("/ ", "7"), ("/m~0n", "8"), ("", document),
        ("foo.1", #""baz""#), ("/x.y/z/1/w", "null"), ("/twice", "2"), ("twice", "2"),
    ])
    func findsWhatIsThere(path: String, value: String) throws {
        let found = try #require(try JSONPath(path).find(in: Array(Self.document.utf8)[...]))
        #expect(text(Array(found)) == value)
    }

    @Test(arguments: ["/foo/2", "/foo/01", "/foo/-", "/foo/bar", "/nothing", "foo.0.0", "x.y", "/twice/0", "/foo/1e0"])
    func findsNothingElse(path: String) throws {
        #expect(try JSONPath(path).find(in: Array(Self.document.utf8)[...]) == nil)
    }

    @Test(arguments: ["a..b", ".a", "a.", "/a~", "/a~2"])
    func refusesWhatIsNoPath(text: String) {
        #expect(throws: TextError.self) { try JSONPath(text) }
    }
}

/// What of a body enters an answer.
@Suite struct ShapeTests {
    private static func path(_ text: String) throws -> JSONPath { try JSONPath(text) }

    private static func shaped(
        _ json: String, at: String? = nil, pick: [String] = [], drop: [String] = [], rename: [(String, String)] = [],
        under: String? = nil
    ) throws -> String? {
        let shape = Shape(
            at: try at.map(path), pick: try pick.map(path), drop: try drop.map(path),
            rename: try rename.map { (try path($0), $1) }, under: try under.map(path))
        let bytes = try #require(Part(Array(json.utf8), as: .json, needsObject: false)).json
        return shape.apply(to: bytes).map { text($0) }
    }

    private static let user = #"{"id": 7, "name" : "Ann", "mail": {"home": "a@b", "work": "c@d"}, "tags": ["x", "y"]}"#

    @Test("at takes a part of a body byte for byte, and finds nothing where there is none")
    func at() throws {
        #expect(try Self.shaped(Self.user, at: "mail") == #"{"home": "a@b", "work": "c@d"}"#)
        #expect(try Self.shaped(Self.user, at: "/tags/1") == #""y""#)
        #expect(try Self.shaped(Self.user, at: "mail.away") == nil)
    }

    @Test("pick keeps members and the way to them, in the order of the body")
    func pick() throws {
        #expect(try Self.shaped(Self.user, pick: ["mail.work", "id"]) == #"{"id": 7,"mail": {"work": "c@d"}}"#)
        #expect(try Self.shaped(Self.user, pick: ["nothing"]) == "{}")
        #expect(
            try Self.shaped(Self.user, pick: ["mail", "mail.work"]) == #"{"mail": {"home": "a@b", "work": "c@d"}}"#)
    }

    @Test("drop removes members, rename gives others their key, and what is dropped is not renamed")
    func dropAndRename() throws {
        #expect(
            try Self.shaped(
                Self.user, drop: ["mail.home", "tags"], rename: [("name", "full \"name\""), ("mail.work", "w")])
                == #"{"id": 7,"full \"name\"":"Ann","mail": {"w":"c@d"}}"#)
        #expect(try Self.shaped(Self.user, drop: ["id", "name", "mail", "tags"], rename: [("id", "x")]) == "{}")
    }

    @Test("paths go through arrays into each element")
    func arrays() throws {
        let list = #"[{"a": 1, "b": 2}, 3, [{"b": 4}]]"#
        #expect(try Self.shaped(list, pick: ["a"]) == #"[{"a": 1},3,[{}]]"#)
        #expect(try Self.shaped(list, drop: ["b"]) == #"[{"a": 1},3,[{}]]"#)
    }

    @Test("under nests what is left, whatever it is")
    func under() throws {
        #expect(try Self.shaped("1.50", under: "a.b") == #"{"a":{"b":1.50}}"#)
        #expect(try Self.shaped(Self.user, at: "mail", pick: ["work"], under: "/x~1y") == #"{"x/y":{"work": "c@d"}}"#)
    }

    @Test("keys are compared decoded") func escapedKeys() throws {
        #expect(try Self.shaped(#"{"\u0061": 1, "b": 2}"#, pick: ["a"]) == #"{"\u0061": 1}"#)
    }

    @Test(
        "whatever is picked and dropped, the rest is JSON, and picking and dropping the same members share a body out")
    func generated() throws {
        for seed in UInt64(1)...300 {
            var random = SeededGenerator(seed: seed)
            let json = random.jsonObject()
            let keys = ["a", "b", "ключ", "a.b", "a.c", "b.a"].filter { _ in random.chance(1, of: 2) }
            let picked = try #require(try Self.shaped(json, pick: keys))
            let dropped = try #require(try Self.shaped(json, drop: keys))
            for part in [picked, dropped] {
                #expect(Part(Array(part.utf8), as: .json, needsObject: true) != nil, "\(json) gave \(part)")
            }
            if keys.isEmpty {
                #expect(dropped == json && picked == json)
            } else {
                #expect(
                    try Self.shaped(dropped, pick: keys.filter { !$0.contains(".") }).map { $0.count <= dropped.count }
                        == true)
                #expect(
                    try Self.shaped(picked, drop: keys)
                        == (try Self.shaped(Self.shaped(picked, pick: keys) ?? "", drop: keys)))
            }
        }
    }

    @Test("a part has its default where its body is empty or has nothing at the place, and fails without one")
    func standard() throws {
        let shape = Shape(at: try Self.path("data.items"))
        let with = PartReading(kind: .json, needsObject: false, shape: shape, standard: Array("[]".utf8))
        #expect(with.part([]).map { text($0.json) } == "[]")
        #expect(with.part(Array("{}".utf8)).map { text($0.json) } == "[]")
        #expect(with.part(Array(#"{"data": {"items": [1]}}"#.utf8)).map { text($0.json) } == "[1]")
        #expect(with.part(Array("{".utf8)) == nil)
        let without = PartReading(kind: .json, needsObject: false, shape: shape)
        #expect(without.part([]) == .null)
        #expect(without.part(Array("{}".utf8)) == nil)
    }
}
