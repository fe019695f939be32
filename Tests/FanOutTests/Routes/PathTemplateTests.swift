import Testing

@testable import Base
@testable import FanOut

/// The path of a route, as it is written.
@Suite struct PathTemplateTests {
    private static func error(in text: String) -> TextError? {
        do throws(TextError) {
            _ = try PathTemplate(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            ("/", [.literal("")]), ("/a", [.literal("a")]), ("/a/", [.literal("a"), .literal("")]), ("/*", [.rest]),
            ("/page/{id}", [.literal("page"), .parameter("id")]),
            ("/{a}/{b_2}/*", [.parameter("a"), .parameter("b_2"), .rest]),
            ("/é", [.literal("é")]), ("/a.b~c-d:e@f", [.literal("a.b~c-d:e@f")]), ("/...", [.literal("...")]),
            ("/{_}", [.parameter("_")]),
        ] as [(String, [PathTemplate.Segment])])
    func aPathIsReadSegmentBySegment(text: String, segments: [PathTemplate.Segment]) throws {
        let template = try PathTemplate(text)
        #expect(template.segments == segments)
        #expect(template.text == text)
    }

    @Test func theParametersStandInTheOrderOfTheirCaptures() throws {
        #expect(try PathTemplate("/a/{x}/b/{y}/*").parameters == ["x", "y", "*"])
        #expect(try PathTemplate("/a").parameters == [])
    }

    @Test(arguments: [
        ("", 0, "a path starts with '/'"), ("a/b", 0, "a path starts with '/'"), ("{id}", 0, "a path starts with '/'"),
        ("/a/*/b", 3, "'*' stands for the rest of the path, so only at its end"),
        ("/é/{1a}", 4, "'1a' is no parameter name: letters, digits and '_', a letter first"),
        ("/{}", 1, "'' is no parameter name: letters, digits and '_', a letter first"),
        ("/{a-b}", 1, "'a-b' is no parameter name: letters, digits and '_', a letter first"),
        ("/{a}/{b}/{a}", 9, "the parameter 'a' is there twice"),
        ("/a/x{id}", 3, "'x{id}': a '{name}' or '*' is a whole segment, with nothing beside it"),
        ("/{id", 1, "'{id': a '{name}' or '*' is a whole segment, with nothing beside it"),
        ("/id}", 1, "'id}': a '{name}' or '*' is a whole segment, with nothing beside it"),
        ("/a*", 1, "'a*': a '{name}' or '*' is a whole segment, with nothing beside it"),
        ("/a/**", 3, "'**': a '{name}' or '*' is a whole segment, with nothing beside it"),
        ("//", 1, "an empty segment ('//') matches no request"),
        ("/a//b", 3, "an empty segment ('//') matches no request"),
    ])
    func anErrorSaysWhatAndWhere(text: String, offset: Int, message: String) {
        #expect(Self.error(in: text) == TextError(message: message, offset: offset))
    }

    @Test(arguments: ["/a b", "/.", "/..", "/a/../b", "/a?b", "/a#b", "/a%20b", "/a\\b", "/a\tb", "/a\nb", "/a\u{0}"])
    func aLiteralThatNoRequestCanHaveIsRefused(text: String) {
        #expect(Self.error(in: text)?.message.contains("a literal segment is written decoded") == true)
    }

    @Test func aMarkThatCombinesWithASlashOrABraceHidesNeither() throws {
        #expect(try PathTemplate("/a/\u{301}b").segments == [.literal("a"), .literal("\u{301}b")])
        #expect(try PathTemplate("/\u{301}b").segments == [.literal("\u{301}b")])
        #expect(Self.error(in: "/{\u{301}a}")?.offset == 1)
    }

    @Test(arguments: [
        ("a", true), ("_a1", true), ("A", true), ("1a", false), ("", false), ("é", false), ("a.b", false),
        ("a b", false),
    ])
    func parameterNamesAreWords(name: String, isName: Bool) {
        #expect(PathTemplate.isParameterName(name) == isName)
    }
}
