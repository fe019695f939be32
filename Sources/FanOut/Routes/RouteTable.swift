/// Which route takes a request: by path first, the most specific one, then by method.
///
/// At each segment a literal goes before `{name}`, and that before `*`. Of the routes whose path fits, the first in
/// that order that has the method wins; when none has it, the answer is 405 with all their methods (RFC 9110
/// section 15.5.6). GET brings HEAD with it (section 9.3.2), unless another route of the same path takes HEAD itself.
package struct RouteTable: Sendable {
    package enum Lookup: Sendable, Equatable {
        case found(route: Int, captures: [String])
        case methodNotAllowed(allow: [String])
        case notFound
    }

    private struct Entry {
        var route: Int
        var methods: [String]
    }

    private struct Node {
        var literals: [String: Int] = [:]
        var parameter: Int?
        /// Routes that end here.
        var ends: [Entry] = []
        /// Routes whose `*` stands here.
        var rests: [Entry] = []
    }

    private var nodes = [Node()]

    /// A table over the routes, which answers with indices into them.
    package init(_ routes: [Route]) {
        for (index, route) in routes.enumerated() {
            insert(route, Entry(route: index, methods: route.methods))
        }
    }

    private mutating func insert(_ route: Route, _ entry: Entry) {
        var node = 0
        for segment in route.path.segments {
            switch segment {
            case .literal(let text): node = child(of: node, at: \.literals[text])
            case .parameter: node = child(of: node, at: \.parameter)
            case .rest:
                nodes[node].rests.append(entry)
                return
            }
        }
        nodes[node].ends.append(entry)
    }

    private mutating func child(of node: Int, at path: WritableKeyPath<Node, Int?>) -> Int {
        if let child = nodes[node][keyPath: path] { return child }
        nodes.append(Node())
        nodes[node][keyPath: path] = nodes.count - 1
        return nodes.count - 1
    }

    /// Finds the route of a request.
    package func lookUp(method: String, segments: [String]) -> Lookup {
        var search = Search(method: method, segments: segments)
        if let route = find(&search, node: 0, at: 0) { return .found(route: route, captures: search.captures) }
        return search.allow.isEmpty ? .notFound : .methodNotAllowed(allow: search.allow)
    }

    private struct Search {
        var method: String
        var segments: [String]
        var captures: [String] = []
        var allow: [String] = []

        mutating func choose(_ entries: [Entry]) -> Int? {
            if let entry = entries.first(where: { $0.methods.contains(method) }) { return entry.route }
            if method == "HEAD", let entry = entries.first(where: { $0.methods.contains("GET") }) { return entry.route }
            for method in entries.lazy.flatMap({ $0.methods }) {
                for served in method == "GET" ? ["GET", "HEAD"] : [method] where !allow.contains(served) {
                    allow.append(served)
                }
            }
            return nil
        }
    }

    private func find(_ search: inout Search, node: Int, at index: Int) -> Int? {
        guard index < search.segments.count else { return search.choose(nodes[node].ends) }
        let segment = search.segments[index]
        if let child = nodes[node].literals[segment], let route = find(&search, node: child, at: index + 1) {
            return route
        }
        if let child = nodes[node].parameter, !segment.isEmpty {
            search.captures.append(segment)
            if let route = find(&search, node: child, at: index + 1) { return route }
            search.captures.removeLast()
        }
        guard let route = search.choose(nodes[node].rests) else { return nil }
        search.captures.append(search.segments[index...].joined(separator: "/"))
        return route
    }
}
