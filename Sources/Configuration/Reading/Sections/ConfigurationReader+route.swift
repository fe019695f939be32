import Access
import FanOut

/// Reading of `routes:`.
extension ConfigurationReader {
    /// The keys of a route that say what it does, of which it has one.
    static let actions = ["fan_out", "proxy", "batch", "respond"]
    /// Those that a route may take; TRACE and CONNECT are for proxies that a client chooses.
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// The routes without a mistake; a file without any route is an error.
    mutating func routes(in section: Section) -> [Route] {
        guard let value = section["routes"] else {
            problems.error("'routes' is missing; a gateway wants at least one route", at: section.place)
            return []
        }
        guard let values = list("routes", of: "routes", in: section) else { return [] }
        guard values.count <= Bounds.routes else {
            problems.error("'routes' has more than \(Bounds.routes) routes", at: value.place)
            return []
        }
        var collisions = RouteCollisions()
        let drafts = values.compactMap { routeDraft($0) }
        let reserved = ReservedFields(drafts.flatMap { $0.access.tokens?.claims ?? [] }.map(\.field))
        return drafts.compactMap { draft in
            collisions.check(draft, &problems)
            var access = draft.access
            access.reserved = reserved
            guard let path = draft.path, let methods = draft.methods, let timeout = draft.timeout,
                let action = draft.action
            else { return nil }
            var entrance = Route.Entrance()
            entrance.isQuarantined = draft.isQuarantined
            entrance.rateLimit = draft.rateLimit
            entrance.access = access.isOpen ? nil : access
            return Route(
                path: path, methods: methods, timeout: timeout, action: action, entrance: entrance,
                isTraced: draft.isTraced)
        }
    }

    private mutating func routeDraft(_ value: YAMLValue) -> RouteDraft? {
        guard let section = section(value, "a route", keys: RouteDraft.rows.map(\.name)) else { return nil }
        var draft = RouteDraft(place: section["path"]?.place ?? section.place)
        draft.path = required(.pathTemplate, "path", in: section)
        let present = Self.actions.filter { section[$0] != nil }
        if present.isEmpty {
            problems.error("a route wants one of 'fan_out', 'proxy', 'batch' and 'respond'", at: section.place)
        } else if let last = present.compactMap({ section.place(of: $0) }).max(), present.count > 1 {
            let names = present.map { "'\($0)'" }.joined(separator: " and ")
            problems.error("a route has only one of \(names)", at: last)
        }
        checkMergeKeys(of: section, present: present)
        draft.methods = methods(in: section, action: present.first)
        let batch = section["batch"].flatMap { self.batch($0) }
        // A batch fetches foreign servers: unless the route says otherwise it has the time that one URL has.
        let standard = batch?.timeout ?? Defaults.routeTimeout
        draft.timeout = section["timeout"] == nil ? standard : scalar(.duration, "timeout", in: section)
        draft.isQuarantined =
            section["quarantine"] == nil ? false : scalar(.boolean, "quarantine", in: section) ?? false
        draft.access = access(in: section, defaults: standardAccess)
        draft.rateLimit = rateLimit(in: section, access: draft.access)
        draft.isTraced = scalar(.boolean, "debug", in: section) ?? false
        let fanOut = section["fan_out"] == nil ? nil : fanOut(in: section, draft: draft)
        let proxy = section["proxy"].flatMap { self.proxy($0, path: draft.path) }
        warn(of: batch, section: section, routeTimeout: draft.timeout)
        draft.action =
            fanOut.map { .fanOut($0) } ?? proxy.map { .proxy($0) } ?? batch.map { .batch($0) }
            ?? section["respond"].flatMap { respond($0) }.map { .respond($0) }
        return draft
    }

    mutating func methods(in section: Section, action: String?) -> [String]? {
        guard section["methods"] != nil else { return Self.usualMethods(for: action) }
        guard let values = oneOrMore("methods", of: "methods", in: section) else { return nil }
        var methods: [String] = []
        for value in values {
            guard let method = read(.text("a method such as GET"), value, subject: "'methods'") else { continue }
            if !Self.methods.contains(method) {
                let nearest = NearestName.of(method, among: Self.methods)
                let known = "known methods are \(Self.methods.joined(separator: ", "))"
                let hint = nearest.map { "did you mean '\($0)'?" } ?? known
                problems.error("unknown method '\(method)'; \(hint)", at: value.place)
            } else if methods.contains(method) {
                problems.error("the method '\(method)' is there twice", at: value.place)
            } else if action == "batch", method != "POST" {
                problems.error("a batch is posted: the only method of its route is POST", at: value.place)
            } else {
                methods.append(method)
            }
        }
        return methods.isEmpty ? nil : methods
    }

    /// The methods of a route that names none, by the key that says what it does.
    static func usualMethods(for action: String?) -> [String] {
        // A batch is posted, and a proxy leaves it to its upstream which methods there are.
        switch action {
        case "batch": ["POST"]
        case "proxy": methods
        default: ["GET"]
        }
    }

    // MARK: What a route does

    private mutating func fanOut(in section: Section, draft: RouteDraft) -> FanOutRoute? {
        let merge = section["merge"] == nil ? Defaults.merge : scalar(ScalarKind<MergeMode>.word, "merge", in: section)
        let rule = scalar(ScalarKind<ConflictRule>.word, "on_conflict", in: section) ?? Defaults.onConflict
        guard let values = list("fan_out", of: "calls", in: section) else { return nil }
        if values.count > Bounds.calls {
            problems.error("'fan_out' has more than \(Bounds.calls) calls", at: values[Bounds.calls].place)
        }
        var names: [String: Place] = [:]
        let scope = CallScope(path: draft.path, timeout: draft.timeout, calls: values.map(Self.name(ofCall:)))
        let calls = values.indices.compactMap { index in
            call(values[index], own: index, in: scope, names: &names).map { (call: $0, place: values[index].place) }
        }
        let quorum = section["quorum"] == nil ? 0 : scalar(.count(1...values.count), "quorum", in: section)
        guard let merge, let quorum, calls.count == values.count, checkOrder(calls) else { return nil }
        return FanOutRoute(calls: calls.map(\.call), merge: merge, onConflict: rule, quorum: quorum)
    }

    /// The name of a call that is not read yet; one that no template can mean where there is none.
    private static func name(ofCall value: YAMLValue) -> String {
        guard case .mapping(let entries) = value.content,
            case .scalar(let scalar)? = entries.first(where: { $0.key == "name" })?.value.content
        else { return "\u{0}" }
        return scalar.text
    }

    private mutating func batch(_ value: YAMLValue) -> BatchRoute? {
        guard let section = section(value, "'batch'", keys: BatchRoute.rows.map(\.name)) else { return nil }
        let count = scalar(.count(1...Bounds.batchURLs), "max", in: section) ?? Defaults.batchMax
        let timeout = scalar(.duration, "timeout", in: section) ?? Defaults.batchTimeout
        let allowsPrivate = scalar(.boolean, "private", in: section) ?? false
        if section["allow"] == nil {
            problems.error(
                "'allow' is missing in 'batch'; it wants a list of patterns such as http://127.0.0.1:*",
                at: section.place)
        }
        let values = list("allow", of: "patterns", in: section) ?? []
        let allow = values.compactMap { read(.urlPattern, $0, subject: "'allow'") }
        return BatchRoute(allow: allow, max: count, timeout: timeout, allowsPrivate: allowsPrivate)
    }

    // MARK: What does not fit together

    private mutating func checkMergeKeys(of section: Section, present: [String]) {
        for key in ["merge", "on_conflict", "quorum", "debug"] {
            guard let place = section.place(of: key), !present.isEmpty, !present.contains("fan_out") else { continue }
            problems.error("'\(key)' has a meaning only beside 'fan_out'", at: place)
        }
        guard let place = section.place(of: "on_conflict"), present.contains("fan_out") else { return }
        let merge = section["merge"].map { value -> MergeMode? in
            if case .scalar(let scalar) = value.content { MergeMode(rawValue: scalar.text) } else { nil }
        }
        if let merge = merge ?? .group, !merge.traits.takesConflictRule {
            let kinds = MergeMode.allCases.filter(\.traits.takesConflictRule).map { "'merge: \($0.rawValue)'" }
            problems.warning("'on_conflict' has a meaning only with \(kinds.joined(separator: " or "))", at: place)
        }
    }

    private mutating func warn(of batch: BatchRoute?, section: Section, routeTimeout: Duration?) {
        guard let batch, let routeTimeout, batch.timeout > routeTimeout else { return }
        let texts = (batch.timeout.configurationText, routeTimeout.configurationText)
        problems.warning(
            "each URL of the batch may take \(texts.0), but its route ends after \(texts.1)",
            at: section["timeout"]?.place ?? section.place)
    }
}
