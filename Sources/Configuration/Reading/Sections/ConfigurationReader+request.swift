import FanOut

/// Reading of what a call sends beside its path, and of what it waits for.
extension ConfigurationReader {
    /// What a call sends; nil for a GET that carries nothing of a request.
    mutating func callRequest(in section: Section, _ names: Reference.Names) -> CallRequest? {
        guard CallRequest.rows.contains(where: { section[$0.name] != nil }) else { return nil }
        var request = CallRequest()
        let forward = optionalSection("forward", in: section, keys: CallRequest.forwardRows.map(\.name))
        if let forward { read(forward, into: &request) }
        request.fields = fields(in: section, names)
        if let value = section["body"] {
            request.body = JSONFallback.template(of: value, names, &problems)
            if request.forwardsBody {
                problems.error("a call has either a 'body' of its own or forwards the request's", at: value.place)
            }
        }
        let forwardsMethod = forward.flatMap { scalar(.boolean, "method", in: $0) }
        if let method = method(in: section) {
            request.method = method
            if forwardsMethod == true, let place = section.place(of: "method") {
                problems.error("a call has either a 'method' of its own or forwards the request's", at: place)
            }
        } else if forwardsMethod ?? request.forwardsBody {
            // A body without its method would mean something else.
            request.method = nil
        } else if section["body"] != nil {
            request.method = "POST"
        }
        if request.method == "GET", section["body"] != nil || request.forwardsBody,
            let place = section.place(of: "method") ?? section.place(of: "forward")
        {
            problems.error("a GET has no body (RFC 9110 section 9.3.1); give the call a method such as POST", at: place)
        }
        return request
    }

    private mutating func method(in section: Section) -> String? {
        guard let value = section["method"],
            let method = read(.text("a method such as POST"), value, subject: "'method'")
        else { return nil }
        guard !Self.methods.contains(method) else { return method }
        let nearest = NearestName.of(method, among: Self.methods)
        let hint =
            nearest.map { "did you mean '\($0)'?" } ?? "known methods are \(Self.methods.joined(separator: ", "))"
        problems.error("unknown method '\(method)'; \(hint)", at: value.place)
        return nil
    }

    private mutating func read(_ forward: Section, into request: inout CallRequest) {
        request.forwardedFields = fieldNames("headers", in: forward)
        request.forwardsBody = scalar(.boolean, "body", in: forward) ?? false
        guard let query = forward["query"] else { return }
        if case .scalar(let scalar) = query.content, scalar.text == "*" {
            request.forwardedQuery = .all
        } else {
            request.forwardedQuery = .named(words("query", of: "names of query parameters", in: forward))
        }
    }

    /// The fields of `headers:`, a mapping of names to templates.
    private mutating func fields(
        in section: Section, _ names: Reference.Names
    ) -> [(name: String, value: TextTemplate)] {
        guard let value = section["headers"], let entries = entries(value, "'headers'") else { return [] }
        return entries.compactMap { entry in
            check(field: entry.key, at: entry.keyPlace)
            // A brace in a secret is a brace.
            if case .scalar(let scalar) = entry.value.content, scalar.isSecret {
                return read(.fieldText, entry.value, subject: "the field '\(entry.key)'").map {
                    (entry.key, TextTemplate(literal: $0))
                }
            }
            guard let template = read(.textTemplate(names), entry.value, subject: "the field '\(entry.key)'") else {
                return nil
            }
            return (entry.key, template)
        }
    }

    /// A list of names of fields, in lower case; one name may stand alone.
    mutating func fieldNames(_ key: String, in section: Section, refusing refused: Set<String> = []) -> [String] {
        guard let value = section[key] else { return [] }
        let values: [YAMLValue]
        if case .scalar = value.content {
            values = [value]
        } else {
            values = list(key, of: "fields", in: section) ?? []
        }
        return values.compactMap { value in
            guard let name = read(.name, value, subject: "'\(key)'") else { return nil }
            check(field: name, at: value.place, refusing: refused)
            return name.lowercased()
        }
    }

    func isFieldName(_ name: String) -> Bool { (try? ScalarKind.name.parse(name)) != nil }

    /// Says that a field is none, or not for a configuration to set.
    mutating func check(field name: String, at place: Place, refusing refused: Set<String> = []) {
        if !isFieldName(name) {
            problems.error("'\(name)' is no name of a header field (RFC 9110 section 5.1)", at: place)
        } else if CallRequest.reservedFields.union(refused).contains(name.lowercased()) {
            problems.error("the field '\(name)' is gatewayd's own to set, for the connection or the request", at: place)
        }
    }

    /// A list of words; one may stand alone.
    mutating func words(_ key: String, of items: String, in section: Section) -> [String] {
        guard let value = section[key] else { return [] }
        if case .scalar = value.content { return scalar(.text(items), key, in: section).map { [$0] } ?? [] }
        return (list(key, of: items, in: section) ?? []).compactMap { read(.text(items), $0, subject: "'\(key)'") }
    }

    // MARK: What a call waits for

    /// The calls that come first, by index: those that `after` lists and those that templates look at.
    mutating func inputs(in section: Section, own: Int, calls: [String], references: [Reference]) -> [Int] {
        var inputs = Set(references.compactMap(\.call))
        var values: [YAMLValue] = []
        if let value = section["after"] {
            if case .scalar = value.content {
                values = [value]
            } else {
                values = list("after", of: "calls", in: section) ?? []
            }
        }
        for value in values {
            guard let name = read(.name, value, subject: "'after'") else { continue }
            guard let index = calls.firstIndex(of: name) else {
                let known = calls.indices.filter { $0 != own }.map { calls[$0] }
                let hint =
                    NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
                    ?? "the route's other calls are \(known.joined(separator: ", "))"
                problems.error("unknown call '\(name)'; \(hint)", at: value.place)
                continue
            }
            inputs.insert(index)
        }
        return inputs.sorted()
    }

    /// Says that calls wait for each other in a circle; they are then taken for calls that wait for none.
    mutating func checkOrder(_ calls: [(call: Call, place: Place)]) -> Bool {
        guard let cycle = CallGraph(calls.map(\.call.inputs)).cycle, let first = cycle.first else { return true }
        let names = cycle.map { "'\(calls[$0].call.name)'" }
        let what =
            names.count == 2 ? "waits for itself" : "waits for itself in the end: \(names.joined(separator: " after "))"
        problems.error("the call \(names[0]) \(what)", at: calls[first].place)
        return false
    }
}
