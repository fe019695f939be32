import Base
import FanOut

/// What a fan-out route does and when, as `gatewayd check --plan` prints it.
package struct RoutePlan: Sendable {
    private let route: Route
    private let fanOut: FanOutRoute
    private let upstreams: [String]

    /// The plan of the route with this path, as the file writes it; nil when there is none or it is no fan-out.
    package init?(ofPath path: String, in configuration: Configuration) {
        let found = configuration.routes.lazy.compactMap { route -> (Route, FanOutRoute)? in
            guard route.path.text == path, case .fanOut(let fanOut) = route.action else { return nil }
            return (route, fanOut)
        }
        guard let (route, fanOut) = found.first else { return nil }
        self.route = route
        self.fanOut = fanOut
        upstreams = configuration.upstreams.map(\.name)
    }

    /// The paths of all routes that have a plan.
    package static func paths(in configuration: Configuration) -> [String] {
        configuration.routes.compactMap {
            if case .fanOut = $0.action { $0.path.text } else { nil }
        }
    }

    private var times: [(start: Duration, end: Duration)] {
        fanOut.graph.worstCase(timeouts: fanOut.calls.map(\.timeout), total: route.timeout)
    }

    private func names(_ calls: [Int]) -> String { calls.map { fanOut.calls[$0].name }.joined(separator: ", ") }

    /// A table: each call, what it waits for, when it begins and ends at the latest; and the time of the whole.
    package var table: String {
        var rows = [["call", "after", "begins by", "ends by", "upstream", "target"]]
        let times = times
        for (index, call) in fanOut.calls.enumerated() {
            let after = call.inputs.isEmpty ? "-" : names(call.inputs)
            rows.append([
                call.name + (call.isRequired ? " (required)" : ""), after, times[index].start.configurationText,
                times[index].end.configurationText, upstreams[call.upstream], call.target.text,
            ])
        }
        let worst = (times.map(\.end).max() ?? .zero).configurationText
        let head = "\(route.methods.joined(separator: ",")) \(route.path.text)"
        return
            ([head] + TextColumns.lines(rows) + ["worst case \(worst) of at most \(route.timeout.configurationText)"])
            .joined(separator: "\n")
    }

    /// The same as a graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html).
    package var dot: String {
        let times = times
        var lines = ["digraph \(Self.quoted(route.path.text)) {", "  rankdir=LR", "  node [shape=box]"]
        for (index, call) in fanOut.calls.enumerated() {
            let label = "\(call.name)\\n\(upstreams[call.upstream])\\nby \(times[index].end.configurationText)"
            lines.append(
                "  \(Self.quoted(call.name)) [label=\(Self.quoted(label))\(call.isRequired ? ", style=bold" : "")]")
        }
        for call in fanOut.calls {
            for input in call.inputs {
                lines.append("  \(Self.quoted(fanOut.calls[input].name)) -> \(Self.quoted(call.name))")
            }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\\\"") + "\"" }
}
