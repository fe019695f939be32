import FanOut
import HTTP
import TestSupport
import Testing

/// Which route takes a request.
@Suite struct RouteTableTests {
    private static func table(_ routes: [(path: String, methods: [String])]) throws -> RouteTable {
        RouteTable(
            try routes.map {
                Route(
                    path: try PathTemplate($0.path), methods: $0.methods, timeout: .seconds(1),
                    action: .proxy(ProxyRoute(upstream: 0, target: nil, idle: .seconds(60))))
            })
    }

    private static func table(get paths: String...) throws -> RouteTable {
        try table(paths.map { ($0, ["GET"]) })
    }

    private static func lookUp(_ table: RouteTable, _ method: String, _ target: String) throws -> RouteTable.Lookup {
        table.lookUp(method: method, segments: try #require(RequestTarget(target)).segments)
    }

    @Test func aLiteralGoesBeforeAParameterAndThatBeforeTheRest() throws {
        let table = try Self.table(get: "/a/*", "/a/{x}", "/a/b")
        #expect(try Self.lookUp(table, "GET", "/a/b") == .found(route: 2, captures: []))
        #expect(try Self.lookUp(table, "GET", "/a/c") == .found(route: 1, captures: ["c"]))
        #expect(try Self.lookUp(table, "GET", "/a/c/d") == .found(route: 0, captures: ["c/d"]))
        #expect(try Self.lookUp(table, "GET", "/b") == .notFound)
    }

    @Test func theSearchComesBackFromALiteralThatLeadsNowhere() throws {
        let table = try Self.table(get: "/a/b/c", "/a/{x}/d", "/{y}/b/e", "/*")
        #expect(try Self.lookUp(table, "GET", "/a/b/c") == .found(route: 0, captures: []))
        #expect(try Self.lookUp(table, "GET", "/a/b/d") == .found(route: 1, captures: ["b"]))
        #expect(try Self.lookUp(table, "GET", "/a/b/e") == .found(route: 2, captures: ["a"]))
        #expect(try Self.lookUp(table, "GET", "/a/b/f") == .found(route: 3, captures: ["a/b/f"]))
    }

    @Test func aPathThatLacksTheMethodLeavesTheRequestToALessSpecificOne() throws {
        let table = try Self.table([("/a/b", ["POST"]), ("/a/{x}", ["GET"])])
        #expect(try Self.lookUp(table, "GET", "/a/b") == .found(route: 1, captures: ["b"]))
        #expect(try Self.lookUp(table, "POST", "/a/b") == .found(route: 0, captures: []))
    }

    @Test func theRestMayBeEmptyBehindItsSlashButTheSlashMustBeThere() throws {
        let table = try Self.table(get: "/legacy/*")
        #expect(try Self.lookUp(table, "GET", "/legacy/") == .found(route: 0, captures: [""]))
        #expect(try Self.lookUp(table, "GET", "/legacy") == .notFound)
        #expect(try Self.lookUp(table, "GET", "/legacy/a/") == .found(route: 0, captures: ["a/"]))
    }

    @Test func aParameterIsNeverEmpty() throws {
        let table = try Self.table(get: "/a/{x}")
        #expect(try Self.lookUp(table, "GET", "/a/") == .notFound)
    }

    @Test func aTrailingSlashMakesAnotherPath() throws {
        let table = try Self.table(get: "/a", "/b/", "/")
        #expect(try Self.lookUp(table, "GET", "/a/") == .notFound)
        #expect(try Self.lookUp(table, "GET", "/b") == .notFound)
        #expect(try Self.lookUp(table, "GET", "/b/") == .found(route: 1, captures: []))
        #expect(try Self.lookUp(table, "GET", "/") == .found(route: 2, captures: []))
    }

    @Test func getServesHead() throws {
        let table = try Self.table(get: "/a")
        #expect(try Self.lookUp(table, "HEAD", "/a") == .found(route: 0, captures: []))
    }

    @Test(arguments: [false, true])
    func anExplicitHeadRouteWinsOverAGetRouteOfTheSamePath(headFirst: Bool) throws {
        let routes = [("/a/{x}", ["GET"]), ("/a/{y}", ["HEAD"])]
        let table = try Self.table(headFirst ? routes.reversed() : routes)
        #expect(try Self.lookUp(table, "HEAD", "/a/1") == .found(route: headFirst ? 0 : 1, captures: ["1"]))
        #expect(try Self.lookUp(table, "GET", "/a/1") == .found(route: headFirst ? 1 : 0, captures: ["1"]))
    }

    @Test func anotherMethodIs405WithTheMethodsOfAllRoutesThatHaveThePath() throws {
        let table = try Self.table([("/a/b", ["GET"]), ("/a/{x}", ["POST", "PUT"]), ("/a/*", ["PUT", "DELETE"])])
        #expect(
            try Self.lookUp(table, "PATCH", "/a/b")
                == .methodNotAllowed(allow: ["GET", "HEAD", "POST", "PUT", "DELETE"]))
        #expect(try Self.lookUp(table, "PATCH", "/a/b/c") == .methodNotAllowed(allow: ["PUT", "DELETE"]))
    }

    @Test func methodsAreComparedWithRegardToCase() throws {
        let table = try Self.table(get: "/a")
        #expect(try Self.lookUp(table, "get", "/a") == .methodNotAllowed(allow: ["GET", "HEAD"]))
    }

    @Test func anEmptyTableFindsNothing() throws {
        #expect(try Self.lookUp(try Self.table([]), "GET", "/") == .notFound)
    }

    @Test(arguments: UInt64(1)...40)
    func generatedTablesAgreeWithANaiveMatcher(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var taken: Set<String> = []
        var routes: [(path: String, methods: [String])] = []
        for _ in 0..<20 {
            var pieces = (0..<Int.random(in: 1...4, using: &random)).map { index in
                random.pick(["a", "b", "{p\(index)}"])
            }
            if random.chance(1, of: 4) { pieces[pieces.count - 1] = random.pick(["*", ""]) }
            let path = "/" + pieces.joined(separator: "/")
            let methods = ["GET", "HEAD", "POST"].filter { _ in random.chance(1, of: 2) }
            // What collides is refused by the configuration.
            let isFree = methods.allSatisfy { !taken.contains($0 + path) }
            if !methods.isEmpty, isFree {
                taken.formUnion(methods.map { $0 + path })
                routes.append((path, methods))
            }
        }
        let table = try Self.table(routes)
        let naive = NaiveMatcher(
            templates: try routes.map { try PathTemplate($0.path) }, methods: routes.map(\.methods))
        for _ in 0..<200 {
            let segments = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(["a", "b", "c"]) }
            let path = segments + (random.chance(1, of: 5) ? [""] : [])
            let method = random.pick(["GET", "HEAD", "POST", "PUT"])
            switch (table.lookUp(method: method, segments: path), naive.lookUp(method: method, segments: path)) {
            case (.methodNotAllowed(let ours), .methodNotAllowed(let theirs)): #expect(Set(ours) == Set(theirs))
            case (let ours, let theirs): #expect(ours == theirs, "\(method) \(path) of \(routes)")
            }
        }
    }
}

/// Tries every route, sorts those that fit by how specific they are, and takes the first that has the method.
private struct NaiveMatcher {
    let templates: [PathTemplate]
    let methods: [[String]]

    func lookUp(method: String, segments: [String]) -> RouteTable.Lookup {
        let fitting = templates.indices.compactMap { route in
            fit(templates[route].segments, segments).map { (route: route, rank: $0.rank, captures: $0.captures) }
        }
        let ordered = fitting.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }
        var start = 0
        while start < ordered.count {
            let same = ordered[start...].prefix { $0.rank == ordered[start].rank }
            let explicit = same.first { methods[$0.route].contains(method) }
            let implied = method == "HEAD" ? same.first { methods[$0.route].contains("GET") } : nil
            if let winner = explicit ?? implied { return .found(route: winner.route, captures: winner.captures) }
            start += same.count
        }
        let allow = fitting.flatMap { methods[$0.route] + (methods[$0.route].contains("GET") ? ["HEAD"] : []) }
        return allow.isEmpty ? .notFound : .methodNotAllowed(allow: allow)
    }

    /// Per segment 0 for a literal, 1 for a parameter, 2 for the rest.
    private func fit(_ template: [PathTemplate.Segment], _ path: [String]) -> (rank: [Int], captures: [String])? {
        var rank: [Int] = []
        var captures: [String] = []
        for (index, segment) in template.enumerated() {
            guard index < path.count else { return nil }
            switch segment {
            case .literal(let text):
                if text != path[index] { return nil }
                rank.append(0)
            case .parameter:
                if path[index].isEmpty { return nil }
                rank.append(1)
                captures.append(path[index])
            case .rest:
                return (rank + [2], captures + [path[index...].joined(separator: "/")])
            }
        }
        return template.count == path.count ? (rank, captures) : nil
    }
}
