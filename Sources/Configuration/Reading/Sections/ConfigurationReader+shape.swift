import Base
import FanOut
import HTTP
import JSON

/// Reading of what of a call's body enters the answer, and of answers that are written in the file.
extension ConfigurationReader {
    /// The shape of a call's part; nil where its body enters as it is.
    mutating func shape(in section: Section, accepts: BodyKind) -> Shape? {
        guard Shape.rows.contains(where: { section[$0.name] != nil }) else { return nil }
        if accepts != .json {
            for key in Shape.rows.map(\.name) where key != "under" {
                guard let place = section.place(of: key) else { continue }
                problems.error("'\(key)' has a meaning only with 'as: json'", at: place)
            }
        }
        let renamed = section["rename"].flatMap { entries($0, "'rename'") } ?? []
        return Shape(
            at: scalar(.jsonPath, "at", in: section), pick: paths("pick", in: section),
            drop: paths("drop", in: section),
            rename: renamed.compactMap { entry in
                let path = YAMLValue(
                    content: .scalar(YAMLValue.Scalar(text: entry.key, isPlain: false)), place: entry.keyPlace)
                guard let path = read(.jsonPath, path, subject: "'rename'"),
                    let key = read(.text("the new name of a member"), entry.value, subject: "'rename'")
                else { return nil }
                return (path, key)
            },
            under: scalar(.jsonPath, "under", in: section))
    }

    private mutating func paths(_ key: String, in section: Section) -> [JSONPath] {
        guard let value = section[key] else { return [] }
        if case .scalar = value.content { return scalar(.jsonPath, key, in: section).map { [$0] } ?? [] }
        return (list(key, of: "members", in: section) ?? []).compactMap { read(.jsonPath, $0, subject: "'\(key)'") }
    }

    /// An answer that the file has; nil when there is a mistake in it, which is reported.
    mutating func respond(_ value: YAMLValue) -> Response? {
        guard let section = section(value, "'respond'", keys: Response.rows.map(\.name)) else { return nil }
        var response = Response(status: scalar(.status, "status", in: section) ?? Defaults.respondStatus)
        var hasType = false
        for entry in section["headers"].flatMap({ entries($0, "'headers'") }) ?? [] {
            check(field: entry.key, at: entry.keyPlace, refusing: ["date"])
            hasType = hasType || entry.key.lowercased() == "content-type"
            guard isFieldName(entry.key),
                let text = read(.text("the value of a field"), entry.value, subject: "the field '\(entry.key)'")
            else { continue }
            response.fields.append(field: entry.key, text)
        }
        guard let body = section["body"] else { return response }
        let type: String
        if case .scalar(let scalar) = body.content {
            response.body = Array(scalar.text.utf8)
            type = "text/plain; charset=utf-8"
        } else {
            guard let json = JSONFallback.text(of: body, &problems) else { return nil }
            response.body = json
            type = "application/json"
        }
        if !hasType { response.fields.append("Content-Type", type) }
        if [204, 304].contains(response.status) {
            problems.error("an answer \(response.status) has no body (RFC 9110 section 6.4.1)", at: body.place)
        }
        return response
    }
}
