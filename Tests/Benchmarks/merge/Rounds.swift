/// How long one of many equal rounds takes.
struct Rounds {
    /// Seconds, sorted.
    private var times: [Double] = []

    /// Runs `work` once to warm up, then three times and for a second at least.
    init(_ work: () -> Void) {
        work()
        let clock = ContinuousClock()
        let start = clock.now
        while times.count < 3 || clock.now - start < .seconds(1) {
            times.append(clock.measure(work) / .seconds(1))
        }
        times.sort()
    }

    /// Seconds of the round in the middle.
    var median: Double { times[times.count / 2] }

    /// Megabytes a second, of a million bytes each.
    func rate(of bytes: Int) -> Double { Double(bytes) / median / 1e6 }
}
