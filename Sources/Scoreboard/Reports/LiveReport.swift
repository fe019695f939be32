package import Base
import JSON

/// What the dashboard is told at each look: `/stats`, what the time since the last look was like, and what takes long.
package struct LiveReport {
    /// How long a request is in flight before it is shown.
    private static let slow = Duration.seconds(1)
    /// Requests that are shown, the oldest ones.
    private static let shown = 20

    /// What the next report is compared with.
    package let look: Look
    /// One line of JSON.
    package let json: String

    /// What was seen, and when.
    package struct Look {
        package let at: MonotonicTime
        let latency: HistogramSnapshot
        let loopLag: HistogramSnapshot
    }

    /// - Parameters:
    ///   - last: The look before; nil for the first, which has all since the daemon began in it.
    ///   - routes: The paths of a generation's routes, as far as they are known.
    package init(
        _ reader: ScoreboardReader, since last: Look?, at now: MonotonicTime, routes: (_ generation: Int) -> [String]
    ) {
        let snapshot = reader.snapshot()
        let look = Look(
            at: now, latency: snapshot.totals.latency,
            loopLag: snapshot.workers.reduce(into: .empty) { $0.merge($1.loopLag) })
        let slow = reader.inFlight(for: Self.slow, at: now).sorted { $0.request.startedAt < $1.request.startedAt }
        self.look = look
        json = JSONWriter.object { writer in
            writer.object("window") { writer in
                writer.member("seconds", last.map { now.since($0.at) }.map(Self.seconds) ?? Self.seconds(.zero))
                let latency = last.map { look.latency.since($0.latency) } ?? look.latency
                writer.object("latency_ms") { Self.write(latency, quantiles: [50, 90, 99], to: &$0) }
                let lag = last.map { look.loopLag.since($0.loopLag) } ?? look.loopLag
                writer.object("loop_lag_ms") { Self.write(lag, quantiles: [50, 99], to: &$0) }
            }
            writer.array("in_flight", of: Array(slow.prefix(Self.shown))) { writer, found in
                let known = routes(found.generation)
                writer.member("worker", found.slot)
                if known.indices.contains(found.request.route) {
                    writer.member("route", known[found.request.route])
                } else {
                    writer.null("route")
                }
                writer.member("request_id", found.request.requestID)
                writer.member("ms", now.since(found.request.startedAt).millisecondsInThousandths)
                writer.member("open_calls", found.request.openCalls.nonzeroBitCount)
            }
            writer.member("stats", json: StatsReport(snapshot, now: now).json)
        }
    }

    private static func seconds(_ duration: Duration) -> JSONWriter.Thousandths {
        JSONWriter.Thousandths(count: duration.wholeMicroseconds / 1_000)
    }

    private static func write(_ histogram: HistogramSnapshot, quantiles: [Int], to writer: inout JSONWriter) {
        for percent in quantiles { writer.quantile("p\(percent)", Double(percent) / 100, of: histogram) }
        writer.maximum(of: histogram)
    }
}
