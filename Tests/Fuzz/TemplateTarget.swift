@testable import Base
@testable import FanOut
@testable import HTTP
@testable import JSON

/// What must hold of paths and templates for any text: two routes, a call's path, a field's value and a request's target,
/// a line each.
enum TemplateTarget {
    static let seeds: [(name: String, bytes: [UInt8])] = [
        "/page/{id}\n/page/*\n/users/{id}?by={request.id}&page={query.p}\nid {id}\n/page/a%3Fb%20c?p=1%262",
        "/*\n/{a}/{b}\n/{*}/x\n{{{*}}}\n/x/%2e%2E/./y//z/",
        "/a/{x}/c\n/{x}/b/{y}\n/{first.body.name}{first.status}\n{first.header.A}\nhttp://h:1/a/b/c?d",
        "/caf\u{E9}\n/\n/{query.}\n{query.a}{query.b}\n/caf%C3%A9/?a=%0d%0aB:+1&b=+%00",
    ].enumerated().map { ("template-\($0)", Array($1.utf8)) }

    static func run(_ text: UnsafeBufferPointer<UInt8>) {
        let lines = text.split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 5 else { return }
        let target = RequestTarget(lines[4]) ?? RequestTarget("/")
        guard let target else { preconditionFailure("'/' is a target") }
        checkMeaning(target)
        let paths = lines[..<2].compactMap { try? PathTemplate($0) }
        checkRouting(paths, target)
        for path in paths where fits(path, target.segments) { fill(path, lines[2], lines[3], target) }
    }

    /// A path without anything left to resolve, which is the same when it is written out and read again.
    private static func checkMeaning(_ target: RequestTarget) {
        precondition(!target.segments.isEmpty, "no path at all")
        for (index, segment) in target.segments.enumerated() {
            precondition(segment != "." && segment != "..", "a dot-segment is left")
            precondition(!segment.isEmpty || index == target.segments.count - 1, "an empty segment is left")
            precondition(!segment.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }, "an odd byte in a segment")
        }
        var written: [UInt8] = []
        for segment in target.segments {
            written.append(UInt8(ascii: "/"))
            PercentEncoding.append(segment, to: &written)
        }
        let again = RequestTarget(String(decoding: written, as: UTF8.self))
        precondition(again?.segments == target.segments, "normalised again it is another path")
    }

    /// The table finds a route where one fits, with a capture for each of its parameters, and none where none does.
    private static func checkRouting(_ paths: [PathTemplate], _ target: RequestTarget) {
        let routes = paths.map {
            Route(path: $0, methods: ["GET"], timeout: .seconds(1), action: .respond(Response(status: 200)))
        }
        switch RouteTable(routes).lookUp(method: "GET", segments: target.segments) {
        case .found(let index, let captures):
            precondition(fits(paths[index], target.segments), "a route that does not fit")
            precondition(captures.count == paths[index].parameters.count, "captures and parameters differ")
        case .notFound: precondition(!paths.contains { fits($0, target.segments) }, "a route was overlooked")
        case .methodNotAllowed: preconditionFailure("all take GET")
        }
    }

    /// Segment by segment, without any table.
    private static func fits(_ path: PathTemplate, _ segments: [String]) -> Bool {
        for (index, segment) in path.segments.enumerated() {
            guard index < segments.count else { return false }
            switch segment {
            case .rest: return true
            case .literal(let text): if text != segments[index] { return false }
            case .parameter: if segments[index].isEmpty { return false }
            }
        }
        return path.segments.count == segments.count
    }

    /// No value adds a segment, a parameter or a line.
    private static func fill(_ path: PathTemplate, _ call: String, _ field: String, _ target: RequestTarget) {
        let table = RouteTable([
            Route(path: path, methods: ["GET"], timeout: .seconds(1), action: .respond(Response(status: 200)))
        ])
        guard case .found(_, let captures) = table.lookUp(method: "GET", segments: target.segments) else {
            preconditionFailure("the only route fits and is not found")
        }
        let names = Reference.Names(parameters: path.parameters, calls: ["first"])
        let values = TemplateValues(
            captures: captures, target: target, requestID: "r",
            answers: [
                CallAnswer(status: 200, fields: HeaderFields(), body: Array(#"{"name":"\r\n/?"}"#.utf8), isJSON: true)
            ])
        if let template = try? TargetTemplate(call, names), let bytes = try? template.fill(values) {
            precondition(bytes.first == UInt8(ascii: "/"), "a call's target is no path")
            precondition(bytes.allSatisfy { (0x21...0x7E).contains($0) }, "odd bytes in a call's target")
            let hasRest = template.references.contains { if case .rest = $0 { true } else { false } }
            for mark in "/?&=".utf8 where !(hasRest && mark == UInt8(ascii: "/")) {
                precondition(bytes.count { $0 == mark } == literals(template, mark), "a value added a part")
            }
        }
        if let template = try? TextTemplate(field, names) {
            var message = OutgoingMessage(method: "GET")
            message.append("A", template.fill(values) ?? "")
            precondition(!message.fields.dropLast(2).contains { $0 < 0x20 || $0 == 0x7F }, "a value ended its line")
            precondition(message.fields.suffix(2) == [0x0D, 0x0A], "a line without its end")
        }
    }

    /// How often a byte is there without any value.
    private static func literals(_ template: TargetTemplate, _ mark: UInt8) -> Int {
        template.pieces.reduce(0) { count, piece in
            guard case .literal(let bytes) = piece else { return count }
            return count + bytes.count { $0 == mark }
        }
    }
}
