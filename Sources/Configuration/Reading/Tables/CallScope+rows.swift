import FanOut

extension CallScope {
    /// The keys of a call.
    static let rows: [KeyRow] = {
        let names = Reference.Names(parameters: [])
        return [
            .required(
                "name", .scalar(.name),
                "has to be there: its key in the answer, and its name in templates, headers and logs"),
            KeyRow("upstream", .scalar(.name), .said(""), "where it goes, with `path`"),
            KeyRow("path", .scalar(.target(names)), .said(""), "path and query, behind the server's base path"),
            KeyRow(
                "url", .scalar(.text("a URL"), "template"), .said(""),
                "in place of `upstream` and `path`; values may stand behind the host"),
            KeyRow("timeout", .scalar(.duration), .said("what is left of the route's"), "from the call's begin"),
            KeyRow("required", .scalar(.boolean), .text("false"), "without it, or its fallback, there is no answer"),
            KeyRow("fallback", .any(), .said("none"), "stands in when the call fails; the answer counts as incomplete"),
            KeyRow(
                "as", .scalar(ScalarKind<BodyKind>.word, "word"), .text(AcceptedAnswer().kind.rawValue),
                """
                what the body must be: `json`, `text` (UTF-8) or `base64` (any bytes, which become Base64, RFC \
                4648 section 4); the last two enter as strings
                """),
            KeyRow(
                "expect_status", .oneOrMore(.statuses, "status, range `200-204`, or a list"), .text("200-299"),
                "what counts as success"),
            KeyRow(
                "max_body", .scalar(.size(upTo: Bounds.body)), .said("`limits.response_body`"),
                "of its body; larger: it fails as `too_large`"),
            KeyRow(
                "after", .oneOrMore(.name, "name, or a list"), .said("none"),
                "calls that must have an answer before this one begins"),
            KeyRow(
                "default", .any(), .said("none"),
                """
                stands in for an empty body (`null` does otherwise), and where `at` finds nothing (the call \
                fails otherwise)
                """),
            KeyRow(
                "pass_back", .oneOrMore(.name, "name, or a list"), .said("none"),
                """
                fields of its answer that the client gets. Of one that several calls bring the first call's \
                counts; cookies are all set
                """),
        ] + CallRequest.rows + Shape.rows
    }()
}

extension CallRequest {
    /// What a call sends.
    static let rows: [KeyRow] = [
        KeyRow("method", .scalar(.method), .said("`GET`; with `body` POST"), "what is sent"),
        KeyRow(
            "headers", .texts("mapping of names to templates", .secrets(all: false)), .said("none"),
            "fields of the call's own"),
        KeyRow("body", .any("any value, strings are templates"), .said("none"), "a JSON body of the call's own"),
        KeyRow(
            "forward", .section(forwardRows, or: .null), .said("nothing"), "what of the client's request goes along"),
    ]

    /// What of the client's request goes along.
    static let forwardRows: [KeyRow] = [
        KeyRow("method", .scalar(.boolean), .said("that of `forward.body`"), "the method; HEAD goes as GET"),
        KeyRow(
            "headers", .oneOrMore(.name, "name, or a list"), .said("none"),
            "these fields; those in `headers` take their place"),
        KeyRow(
            "query", .oneOrMore(.text("a name"), "name, a list, or `\"*\"` for all"), .said("none"),
            "these parameters, as they were sent, behind those of `path`"),
        KeyRow(
            "body", .scalar(.boolean), .text("false"),
            "the body with its `Content-Type`, and the method unless said otherwise"),
    ]
}

extension Shape {
    /// What of a call's body enters the answer.
    static let rows: [KeyRow] = [
        KeyRow(
            "at", .scalar(.jsonPath), .said("the whole"),
            "the part of its body that enters the answer: [shaping](#shaping)"),
        KeyRow("pick", .oneOrMore(.jsonPath, "place, or a list"), .said("all"), "the members that are kept"),
        KeyRow("drop", .oneOrMore(.jsonPath, "place, or a list"), .said("none"), "the members that are left out"),
        KeyRow("rename", .texts("mapping of places to keys"), .said("none"), "other keys for members"),
        KeyRow("under", .scalar(.jsonPath), .said("none"), "the keys that it is nested in"),
    ]
}

extension ScalarKind where Value == String {
    fileprivate static var method: Self {
        ScalarKind(wanted: "a method such as POST", type: "method", schema: .words(ConfigurationReader.methods)) { $0 }
    }
}
