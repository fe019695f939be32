import Base
import FanOut
import HTTP

/// Reading of one item of `fan_out:`.
extension ConfigurationReader {
    /// A call; nil when there is a mistake in it, which is reported.
    ///
    /// - Parameters:
    ///   - own: Its index among the route's calls.
    ///   - names: The names of the route's calls so far; this one's is added.
    mutating func call(_ value: YAMLValue, own: Int, in scope: CallScope, names: inout [String: Place]) -> Call? {
        guard let section = section(value, "a call", keys: CallScope.rows.map(\.name)) else { return nil }
        let name = required(ScalarKind.name, "name", in: section)
        if let name, let place = section["name"]?.place {
            if let first = names[name] {
                problems.error("the call '\(name)' is there twice, first on line \(first.line)", at: place)
            } else {
                names[name] = place
            }
        }
        let destination = destination(of: section, scope)
        let references = Reference.Names(
            parameters: Self.parameters(of: scope.path, usedBy: nil), calls: scope.calls)
        // Without the route's path nobody knows which names there are.
        let request = scope.path == nil ? nil : callRequest(in: section, references)
        let timeout = scalar(.duration, "timeout", in: section)
        if let timeout, let routeTimeout = scope.timeout, timeout > routeTimeout, let place = section["timeout"]?.place
        {
            let texts = (timeout.configurationText, routeTimeout.configurationText)
            problems.warning(
                "the call '\(name ?? "")' may take \(texts.0), but its route ends after \(texts.1)", at: place)
        }
        let isRequired = scalar(.boolean, "required", in: section) ?? false
        let fallback = section["fallback"].flatMap { JSONFallback.text(of: $0, &problems) }
        let accepted = acceptedAnswer(in: section)
        let looked = (destination?.target.references ?? []) + (request?.references ?? [])
        let inputs = inputs(in: section, own: own, calls: scope.calls, references: looked)
        guard let name, let destination else { return nil }
        var call = Call(
            name: name, upstream: destination.upstream, target: destination.target, timeout: timeout,
            isRequired: isRequired, fallback: fallback)
        call.request = request
        call.inputs = inputs
        call.accepted = accepted
        return call
    }

    private mutating func acceptedAnswer(in section: Section) -> AcceptedAnswer {
        var accepted = AcceptedAnswer()
        accepted.kind = scalar(ScalarKind<BodyKind>.word, "as", in: section) ?? accepted.kind
        accepted.statuses = expectedStatus(in: section)
        accepted.maxBody = scalar(.size(upTo: Bounds.body), "max_body", in: section)
        accepted.shape = shape(in: section, accepts: accepted.kind)
        accepted.standard = section["default"].flatMap { JSONFallback.text(of: $0, &problems) }
        accepted.passedBack = fieldNames("pass_back", in: section, refusing: ["content-type", "date"])
        return accepted
    }

    private mutating func expectedStatus(in section: Section) -> StatusSet {
        guard let value = section["expect_status"] else { return .successful }
        var values = [value]
        if case .sequence = value.content {
            values = list("expect_status", of: "statuses", in: section) ?? []
        }
        return StatusSet(values.compactMap { read(.statuses, $0, subject: "'expect_status'") })
    }

    /// Where a call goes: an upstream and a path there, or a URL, whose origin is an upstream of its own.
    mutating func destination(
        of section: Section, _ scope: CallScope, subject: String = "a call"
    ) -> (upstream: Int, target: TargetTemplate)? {
        switch (section["url"], section["upstream"]) {
        case (let url?, nil):
            if let place = section.place(of: "path") {
                problems.error("'path' stands beside 'upstream'; 'url' has a path of its own", at: place)
            }
            return destination(url: url, scope)
        case (nil, let upstream?):
            let index = upstreamReference(upstream)
            let target = required(.target(Self.names(scope, usedBy: section["path"])), "path", in: section)
            guard let index, let target else { return nil }
            return (index, target)
        case (let url?, let upstream?):
            problems.error("\(subject) has either 'upstream' and 'path' or 'url'", at: max(url.place, upstream.place))
            return nil
        case (nil, nil):
            problems.error("\(subject) wants 'upstream' and 'path', or 'url'", at: section.place)
            return nil
        }
    }

    /// An upstream named by the URL's origin, and the rest of the URL.
    private mutating func destination(
        url: YAMLValue, _ scope: CallScope
    ) -> (upstream: Int, target: TargetTemplate)? {
        let wanted = "a URL such as http://127.0.0.1:9005/ads"
        guard let text = read(.text(wanted), url, subject: "'url'") else { return nil }
        let origin: ServerAddress
        var target: String
        do throws(AddressError) {
            let (server, rest) = try ServerAddress.split(text)
            (origin, target) = (server, String(rest))
        } catch {
            problems.error("'url' wants \(wanted); found \(url.found); \(error.message)", at: url.place)
            return nil
        }
        check(upstream: origin, at: url.place)
        var offset = text.utf8.count - target.utf8.count
        if !target.hasPrefix("/") {
            target = "/" + target
            offset -= 1
        }
        let template: TargetTemplate
        do throws(TextError) {
            template = try TargetTemplate(target, Self.names(scope, usedBy: url))
        } catch {
            problems.error(
                "'url' wants \(wanted); found \(url.found); \(error.message)",
                at: url.place(atOffset: offset + error.offset))
            return nil
        }
        guard let index = upstreams.index(ofOrigin: origin) else {
            reportFull(at: url.place)
            return nil
        }
        return (index, template)
    }

    private static func names(_ scope: CallScope, usedBy template: YAMLValue?) -> Reference.Names {
        Reference.Names(parameters: parameters(of: scope.path, usedBy: template), calls: scope.calls)
    }

    /// The parameters of the route's path, or, when that could not be read, all that the template uses: which of them
    /// are missing is not known then.
    private static func parameters(of path: PathTemplate?, usedBy template: YAMLValue?) -> [String] {
        if let path { return path.parameters }
        guard case .scalar(let scalar) = template?.content else { return [] }
        return scalar.text.split(separator: "{").compactMap { piece in
            guard let close = piece.firstIndex(of: "}") else { return nil }
            let name = piece[..<close]
            return name == "*" || PathTemplate.isParameterName(name) ? String(name) : nil
        }
    }
}
