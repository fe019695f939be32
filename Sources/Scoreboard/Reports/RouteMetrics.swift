/// The part of `/metrics` that is about routes, those of all workers together.
///
/// A route is known by its path as the configuration writes it, so routes of one path that differ in their methods are one
/// here. Requests that no route takes are in none.
struct RouteMetrics {
    private let routes: [(labels: MetricLabels, traffic: RouteTraffic)]

    init(_ snapshot: ScoreboardSnapshot) {
        routes = snapshot.routes.map { (MetricLabels.none.with("route", $0.name), $0.traffic) }
    }

    /// Writes all families.
    func write(into writer: inout MetricsWriter) {
        writer.family("gateway_route_requests_total", .counter, "Requests answered, by route and class of the status.")
        for (labels, traffic) in routes { writer.classes(labels, traffic.byClass) }
        writer.family(
            "gateway_route_request_duration_seconds", .histogram, "How long the requests of a route took.")
        for (labels, traffic) in routes {
            writer.histogram(labels, counts: traffic.buckets, sumMicroseconds: traffic.sumMicroseconds)
        }
    }
}
