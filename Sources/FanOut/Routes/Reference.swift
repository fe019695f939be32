import Base
package import HTTP
package import JSON

/// Where a template takes a value from.
package enum Reference: Sendable, Hashable {
    /// The capture with this index in the route's path.
    case parameter(Int)
    /// The captured rest of the path; its slashes stay in a path.
    case rest(Int)
    case query(String)
    case requestID
    /// What another call of the route got; it is waited for.
    case call(Int, Answered)

    /// A part of a call's answer.
    package enum Answered: Sendable, Hashable {
        case status
        /// The first field of that name, in lower case.
        case header(String)
        /// What is at a place of the body, as it came.
        case body(JSONPath)
    }

    /// The call that has to be answered first.
    package var call: Int? {
        if case .call(let index, _) = self { index } else { nil }
    }

    /// The names that a template of a call may use.
    package struct Names: Sendable {
        /// That the path of the route captures, in the order of the captures; its rest is called `*`.
        package var parameters: [String]
        /// Of all calls of the route, in the order of the configuration.
        package var calls: [String]

        package init(parameters: [String], calls: [String] = []) {
            self.parameters = parameters
            self.calls = calls
        }
    }

    /// Reads what stands between the braces.
    init(_ text: String, _ names: Names, offset: Int) throws(TextError) {
        if let index = names.parameters.firstIndex(of: text) {
            self = text == "*" ? .rest(index) : .parameter(index)
        } else if text == "request.id" {
            self = .requestID
        } else if text.hasPrefix("query."), text.utf8.count > 6 {
            self = .query(String(text.dropFirst(6)))
        } else if let answered = try Self.answered(text, names, offset: offset) {
            self = answered
        } else {
            throw TextError(
                message: "'{\(text)}' is not known here; known are \(Self.known(names))", offset: offset)
        }
    }

    /// `CALL.status`, `CALL.header.NAME`, `CALL.body`, `CALL.body.NAME` or `CALL.body/NAME`.
    private static func answered(
        _ text: String, _ names: Names, offset: Int
    ) throws(TextError) -> Reference? {
        // Names may have dots: the longest that fits is meant.
        let fitting = names.calls.indices.filter { text.hasPrefix(names.calls[$0] + ".") }
        guard let index = fitting.max(by: { names.calls[$0].utf8.count < names.calls[$1].utf8.count }) else {
            return nil
        }
        let rest = text.dropFirst(names.calls[index].count + 1)
        if rest == "status" { return .call(index, .status) }
        if rest.hasPrefix("header."), rest.utf8.count > 7 {
            return .call(index, .header(rest.dropFirst(7).lowercased()))
        }
        guard rest.hasPrefix("body") else { return nil }
        var path = rest.dropFirst(4)
        guard path.isEmpty || path.hasPrefix(".") || path.hasPrefix("/") else { return nil }
        if path.hasPrefix(".") { path = path.dropFirst() }
        do throws(TextError) {
            return .call(index, .body(try JSONPath(String(path))))
        } catch {
            throw TextError(message: error.message, offset: offset)
        }
    }

    private static func known(_ names: Names) -> String {
        var known = names.parameters.map { "{\($0)}" } + ["{query.NAME}", "{request.id}"]
        if !names.calls.isEmpty { known += ["{CALL.body.NAME}", "{CALL.status}", "{CALL.header.NAME}"] }
        return known.joined(separator: ", ")
    }
}

/// What a call that others look at got.
package struct CallAnswer: Sendable, Equatable {
    /// Nil: a fallback stands in for it.
    package var status: Int?
    package var fields: HeaderFields
    /// As it came, checked where it is JSON.
    package var body: [UInt8]
    package var isJSON: Bool

    package init(status: Int?, fields: HeaderFields, body: [UInt8], isJSON: Bool) {
        self.status = status
        self.fields = fields
        self.body = body
        self.isJSON = isJSON
    }
}

/// What the templates of a route's calls are filled in with, for one request.
///
/// A class: each use of a copy would retain all that it has.
package final class TemplateValues {
    let captures: [String]
    let target: RequestTarget
    let requestID: String
    /// By call; only of those that others look at.
    var answers: [CallAnswer?]

    package init(captures: [String], target: RequestTarget, requestID: String, answers: [CallAnswer?] = []) {
        self.captures = captures
        self.target = target
        self.requestID = requestID
        self.answers = answers
    }

    /// A value as text; nil where an answer does not have it, or has something there that is no text, number or boolean.
    ///
    /// A query parameter that the request does not have is empty.
    func text(_ reference: Reference) -> String? {
        switch reference {
        case .parameter(let index), .rest(let index): captures[index]
        case .query(let name): target.queryValue(name) ?? ""
        case .requestID: requestID
        case .call(let index, let answered): answers[index].flatMap { Self.text(answered, of: $0) }
        }
    }

    private static func text(_ answered: Reference.Answered, of answer: CallAnswer) -> String? {
        switch answered {
        case .status: answer.status.map(String.init)
        case .header(let name): answer.fields.all(name).first
        case .body(let path) where !answer.isJSON:
            path.tokens.isEmpty ? String(validating: answer.body, as: UTF8.self) : nil
        case .body(let path): path.find(in: answer.body[...]).flatMap { JSONText.text(ofScalar: trimmed($0)) }
        }
    }

    /// A value as JSON: what a body has there as it is, a status as a number, all else as a string.
    func json(_ reference: Reference) -> [UInt8]? {
        if case .call(let index, .body(let path)) = reference {
            guard let answer = answers[index] else { return nil }
            if answer.isJSON { return path.find(in: answer.body[...]).map { Array(Self.trimmed($0)) } }
        }
        guard let text = text(reference) else { return nil }
        if case .call(_, .status) = reference { return Array(text.utf8) }
        var json: [UInt8] = []
        JSONText.append(string: text, to: &json)
        return json
    }

    /// Without the blanks that a whole body may have around it.
    private static func trimmed(_ json: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var json = json.drop { $0 <= 0x20 }
        while let last = json.last, last <= 0x20 { json.removeLast() }
        return json
    }
}
