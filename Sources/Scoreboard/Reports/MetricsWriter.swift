/// Writes metrics in Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// A family is begun with `family`, and its samples follow: the format wants them together.
struct MetricsWriter {
    /// What a family's values are.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// The upper bounds of a histogram's buckets in microseconds: 1 ms to 10 s, the last bucket (`+Inf`) aside.
    ///
    /// Those of Prometheus' client libraries, and two below them: what one machine answers takes a few milliseconds.
    static let bounds: [UInt64] = [
        1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000,
    ]

    /// What was written so far.
    private(set) var text = ""
    private var name = ""

    /// Begins a family; `help` is one line without a backslash.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A sample of the family that was begun last.
    mutating func sample(_ labels: MetricLabels, _ value: UInt64) {
        line("", labels, "\(value)")
    }

    /// A sample of the family that was begun last, in its base unit; not for what may be infinite.
    mutating func sample(_ labels: MetricLabels, _ value: Double) {
        line("", labels, "\(value)")
    }

    /// A sample for each state there is: 1 for the present one, 0 for the others.
    mutating func states<State: RawRepresentable<String> & CaseIterable & Equatable>(
        _ labels: MetricLabels, _ present: State
    ) {
        for state in State.allCases { sample(labels.with("state", state.rawValue), state == present ? 1 : UInt64(0)) }
    }

    /// The samples of a histogram, in seconds.
    ///
    /// A count is never too high: what was recorded less than 1/32 below a bound may be counted above it. So a call that
    /// ended by its timeout is not among those that took no longer. Sum and count are exact.
    mutating func histogram(_ labels: MetricLabels, _ histogram: HistogramSnapshot) {
        var counts: [UInt64] = []
        var next = 0
        for bound in Self.bounds {
            var count: UInt64 = 0
            while next < histogram.counts.count, HistogramBuckets.highestValue(in: next) <= bound {
                count &+= histogram.counts[next]
                next += 1
            }
            counts.append(count)
        }
        counts.append(histogram.counts[next...].reduce(0, &+))
        self.histogram(labels, counts: counts, sumMicroseconds: histogram.sumMicroseconds)
    }

    /// The samples of a histogram that has a count for each of the bounds, and one for what is above them.
    mutating func histogram(_ labels: MetricLabels, counts: [UInt64], sumMicroseconds: UInt64) {
        var seen: UInt64 = 0
        for (bound, count) in zip(Self.bounds, counts) {
            seen &+= count
            line("_bucket", labels.with("le", "\(Self.seconds(bound))"), "\(seen)")
        }
        seen &+= counts[Self.bounds.count]
        line("_bucket", labels.with("le", "+Inf"), "\(seen)")
        line("_sum", labels, "\(Self.seconds(sumMicroseconds))")
        line("_count", labels, "\(seen)")
    }

    /// A time in microseconds as the base unit has it.
    static func seconds(_ microseconds: UInt64) -> Double { Double(microseconds) / 1_000_000 }

    private mutating func line(_ suffix: String, _ labels: MetricLabels, _ value: String) {
        text += name
        text += suffix
        if !labels.text.isEmpty { text += "{\(labels.text)}" }
        text += " "
        text += value
        text += "\n"
    }
}

/// The labels of a sample, as they stand between its braces.
struct MetricLabels: Sendable, Equatable {
    /// No labels.
    static let none = MetricLabels()

    /// `name="value"`, separated by commas.
    private(set) var text = ""

    /// These labels and another one.
    func with(_ name: String, _ value: String) -> MetricLabels {
        var labels = self
        if !labels.text.isEmpty { labels.text += "," }
        labels.text += "\(name)=\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": labels.text += "\\\\"
            case "\"": labels.text += "\\\""
            case "\n": labels.text += "\\n"
            default: labels.text.unicodeScalars.append(scalar)
            }
        }
        labels.text += "\""
        return labels
    }
}
