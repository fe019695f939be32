import FanOut

/// Finds two routes that would take the same request: the same path but for the names of parameters, and a method in
/// common.
struct RouteCollisions {
    private var taken: [Key: Place] = [:]

    private struct Key: Hashable {
        var shape: [PathTemplate.Segment]
        var method: String
    }

    /// Reports when an earlier route takes what this one does.
    mutating func check(_ draft: RouteDraft, _ problems: inout Problems) {
        guard let path = draft.path, let methods = draft.methods else { return }
        let shape = path.segments.map { (segment) -> PathTemplate.Segment in
            if case .parameter = segment { .parameter("") } else { segment }
        }
        var collided: [(method: String, place: Place)] = []
        for method in methods {
            let key = Key(shape: shape, method: method)
            if let place = taken[key] {
                collided.append((method, place))
            } else {
                taken[key] = draft.place
            }
        }
        guard let first = collided.map(\.place).min() else { return }
        let names = collided.map(\.method).joined(separator: ", ")
        problems.error(
            "the routes on line \(draft.place.line) and line \(first.line) collide: both take \(names) of \(path.text)",
            at: draft.place)
    }
}
