import FanOut

/// What those need to know of routes who do not run them: the supervisor and the admin process.
extension Configuration {
    /// The paths of all routes, by index.
    package var routePaths: [String] { routes.map(\.path.text) }

    /// The names of a route's calls, by index; none where there is no such route, or it is no fan-out.
    package func callNames(ofRoute index: Int) -> [String] {
        guard routes.indices.contains(index), case .fanOut(let fanOut) = routes[index].action else { return [] }
        return fanOut.calls.map(\.name)
    }

    /// Whether workers stop answering a path for a while when its requests crash them.
    package func isQuarantined(path: String) -> Bool {
        routes.contains { $0.path.text == path && $0.isQuarantined }
    }
}
