import TestSupport
import Testing

@testable import Base
@testable import FanOut
@testable import HTTP

/// The path and query of a call: templates, and what values can do in them.
@Suite struct TargetTemplateTests {
    private static func error(in text: String) -> TextError? {
        do throws(TextError) {
            _ = try TargetTemplate(text, Reference.Names(parameters: ["id", "*"]))
            return nil
        } catch {
            return error
        }
    }

    private static let braces = "known are {id}, {*}, {query.NAME}, {request.id}"

    @Test(arguments: [
        ("", 0, "the path of a call starts with '/'"), ("users", 0, "the path of a call starts with '/'"),
        ("{id}", 0, "the path of a call starts with '/'"), ("/a/{id", 3, "'{' without '}'"),
        ("/a/id}", 5, "'}' without '{'"),
        ("/a/{name}", 3, "'{name}' is not known here; \(braces)"), ("/{}", 1, "'{}' is not known here; \(braces)"),
        ("/{query.}", 1, "'{query.}' is not known here; \(braces)"),
        ("/{request}", 1, "'{request}' is not known here; \(braces)"),
        ("/{ID}", 1, "'{ID}' is not known here; \(braces)"),
        ("/a b", 2, "a path and query is written percent-encoded, without spaces and '#'"),
        ("/a#b", 2, "a path and query is written percent-encoded, without spaces and '#'"),
        ("/é", 1, "a path and query is written percent-encoded, without spaces and '#'"),
        ("/a\r\nX: y", 2, "a path and query is written percent-encoded, without spaces and '#'"),
    ])
    func anErrorSaysWhatAndWhere(text: String, offset: Int, message: String) {
        #expect(Self.error(in: text) == TextError(message: message, offset: offset))
    }

    private static func fill(
        _ template: String, captures: [String] = ["7", "x/y"], target: String = "/", requestID: String = "r1"
    ) throws -> String {
        let template = try TargetTemplate(template, Reference.Names(parameters: ["id", "*"]))
        let values = TemplateValues(
            captures: captures, target: try #require(RequestTarget(target)), requestID: requestID)
        return text(try #require(try template.fill(values)))
    }

    @Test(arguments: [
        ("/users/{id}", "/users/7"), ("/o?user={id}&r={request.id}", "/o?user=7&r=r1"), ("/{*}", "/x/y"),
        ("/a/{*}?b={*}", "/a/x/y?b=x/y"),
        ("/s?q={query.q}&p={query.p}", "/s?q=a%20b&p="), ("/s/{query.q}/{id}{id}", "/s/a%20b/77"),
        ("/a%2Fb?c=%20", "/a%2Fb?c=%20"),
        ("/u.{id}", "/u.7"),
    ])
    func valuesArePutIn(template: String, filled: String) throws {
        #expect(try Self.fill(template, target: "/?q=a+b") == filled)
    }

    @Test(arguments: [
        ("/u/{id}", "a/b", "/u/a%2Fb"), ("/u/{id}", "a?b=c", "/u/a%3Fb%3Dc"), ("/u/{id}", "a&b#c", "/u/a%26b%23c"),
        ("/u?x={id}", "a&b=c", "/u?x=a%26b%3Dc"), ("/u?x={id}", "a+b %", "/u?x=a%2Bb%20%25"),
        ("/u/{id}", "a\r\nb", "/u/a%0D%0Ab"),
        ("/{id}", "/evil", "/%2Fevil"), ("/{id}", "@evil:80", "/%40evil%3A80"), ("/u?x={id}", "..", "/u?x=.."),
    ])
    func whatHasAMeaningInAURLIsEncoded(template: String, value: String, filled: String) throws {
        #expect(try Self.fill(template, captures: [value, ""]) == filled)
    }

    @Test(arguments: [".", "..", "..."])
    func aValueOfDotsAloneCannotStandInAPath(value: String) throws {
        #expect(throws: PlanError.self) { try Self.fill("/u/{id}", captures: [value, ""]) }
        #expect(throws: PlanError.self) { try Self.fill("/u/{query.q}", target: "/?q=" + value) }
        #expect(throws: PlanError.self) { try Self.fill("/u/{request.id}", requestID: value) }
    }

    @Test func aMissingQueryParameterCannotStandInAPath() throws {
        #expect(throws: PlanError.self) { try Self.fill("/u/{query.q}") }
        #expect(throws: PlanError.self) { try Self.fill("/u/{query.q}", target: "/?q") }
    }

    @Test(arguments: UInt64(1)...200)
    func noValueCanAddASegmentAParameterOrAHost(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = random.hostileText()
            let template = try TargetTemplate("/u/{id}/v?x={id}&y=1", Reference.Names(parameters: ["id"]))
            let target = try #require(RequestTarget("/"))
            guard let bytes = try? template.fill(TemplateValues(captures: [value], target: target, requestID: "r"))
            else {
                #expect(value.utf8.allSatisfy { $0 == UInt8(ascii: ".") })
                continue
            }
            #expect(bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(text(bytes).split(separator: "/", omittingEmptySubsequences: false).count == 4)
            #expect(bytes.count { $0 == UInt8(ascii: "?") } == 1)
            #expect(bytes.count { $0 == UInt8(ascii: "&") } == 1)
            let again = try #require(PercentEncoding.decode(text(bytes)[...]))
            #expect(again == "/u/\(value)/v?x=\(value)&y=1")
        }
    }

    @Test(arguments: UInt64(1)...100)
    func theRestOfAnyRequestStaysBelowItsPlace(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let sent = "/" + random.hostileText(length: 10).replacing("?", with: "")
            guard let request = RequestTarget(sent) else { continue }
            let rest = request.segments.joined(separator: "/")
            let filled = try Self.fill("/base/{*}", captures: ["", rest])
            #expect(RequestTarget(filled)?.segments == ["base"] + request.segments, "\(sent)")
            #expect(try !Self.fill("/{*}", captures: ["", rest]).hasPrefix("//"))
        }
    }
}

/// The calls of one request.
@Suite struct FanOutPlanTests {
    @Test func aCallNeverTakesLongerThanItsRoute() throws {
        let target = try TargetTemplate("/a", Reference.Names(parameters: []))
        let route = FanOutRoute(
            calls: [
                Call(name: "short", upstream: 3, target: target, timeout: .milliseconds(300)),
                Call(name: "none", upstream: 1, target: target),
                Call(name: "long", upstream: 2, target: target, timeout: .seconds(9)),
            ], merge: .group)
        let plan = try FanOutPlan(
            route, captures: [], target: try #require(RequestTarget("/")), requestID: "r")
        #expect(route.timeouts(within: .seconds(2)) == [.milliseconds(300), .seconds(2), .seconds(2)])
        #expect(route.calls.indices.allSatisfy { plan.call($0).map { text($0.target) } == "/a" })
    }

    @Test func oneValueThatFitsNowhereRefusesTheWholePlan() throws {
        let route = FanOutRoute(
            calls: [
                Call(name: "a", upstream: 0, target: try TargetTemplate("/a", Reference.Names(parameters: ["id"]))),
                Call(
                    name: "b", upstream: 0, target: try TargetTemplate("/b/{id}", Reference.Names(parameters: ["id"]))),
            ], merge: .group)
        let target = try #require(RequestTarget("/"))
        #expect(throws: PlanError(message: "a value for the path of a call is empty or made of dots alone")) {
            try FanOutPlan(route, captures: [".."], target: target, requestID: "r")
        }
    }
}
