import Foundation

/// A dashboard as Grafana keeps it (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
struct GrafanaDashboard: Decodable {
    struct Panel: Decodable {
        struct Place: Decodable {
            var x: Int
            var y: Int
            var w: Int
            var h: Int
        }
        struct Target: Decodable {
            var datasource: Source
            var expr: String
            var legendFormat: String
        }
        var id: Int
        var type: String
        var title: String
        var description: String?
        var gridPos: Place
        var targets: [Target]?
    }
    struct Source: Decodable {
        var type: String
        var uid: String
    }
    struct Variables: Decodable { var list: [Variable] }
    struct Variable: Decodable {
        var name: String
        /// What its values are made of: `label_values(SELECTOR, LABEL)`.
        var definition: String?
    }
    struct Annotations: Decodable { var list: [Annotation] }
    struct Annotation: Decodable { var expr: String }

    var uid: String
    var panels: [Panel]
    var templating: Variables
    var annotations: Annotations

    static func delivered() throws -> GrafanaDashboard {
        try JSONDecoder().decode(
            GrafanaDashboard.self, from: Data(Repository.text("deploy/grafana/gatewayd.json").utf8))
    }

    /// What panels draw, with the labels that their legends name.
    var queries: [(title: String, expression: String, legend: [String])] {
        panels.flatMap { panel in
            (panel.targets ?? []).map { target in
                let labels = target.legendFormat.matches(of: #/{{(\w+)}}/#).map { String($0.1) }
                return (panel.title, target.expr, labels)
            }
        }
    }

    /// A query with all values chosen, and a time that a test has.
    static func filledIn(_ expression: String) -> String {
        ["$job", "$instance", "$route", "$upstream"].reduce(expression) {
            $0.replacingOccurrences(of: "\"\($1)\"", with: "\".*\"")
        }
        .replacingOccurrences(of: "$__rate_interval", with: "1m").replacingOccurrences(of: "$__range", with: "1m")
    }

    /// Which labels an expression asks for of which metric, and which ones it sums by under the empty name.
    static func labels(in expression: String) -> [(metric: String, label: String)] {
        let selectors = expression.matches(of: #/(gateway_\w+)\{([^}]*)\}/#).flatMap { selector in
            selector.2.matches(of: #/(\w+)(=~|!~|!=|=)"/#).map { (String(selector.1), String($0.1)) }
        }
        let metric = expression.firstMatch(of: #/gateway_\w+/#).map { String($0.0) } ?? ""
        let sums = expression.matches(of: #/by \(([^)]*)\)/#).flatMap { sum in
            sum.1.split(separator: ",").map { (metric, $0.trimmingCharacters(in: .whitespaces)) }
        }
        return selectors + sums
    }
}
