import ArgumentParser
import Loop
import Processes

/// `gatewayctl fetch URL…`: the fan-out by hand.
struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch all URLs at once and print a line for each, in the order given.",
        discussion: "Redirects are followed. A status other than 2xx counts as an error. Exits 1 if any URL failed.")

    @Argument(help: "http:// and https:// URLs.")
    var urls: [String]
    @Option(help: "Of each URL, such as 300ms, 10s or 1m.")
    var timeout = Timeout(duration: .seconds(10))
    @Option(help: "Bytes of each body to print.")
    var preview = 50
    @Option(help: "URLs to fetch at the same time at most.")
    var maxInFlight = 256
    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        if urls.isEmpty { throw ValidationError("Give at least one URL.") }
        if preview < 0 { throw ValidationError("--preview takes a number of bytes from 0 on.") }
        if maxInFlight < 1 { throw ValidationError("--max-in-flight takes a number from 1 on.") }
    }

    func run() throws {
        Signals.ignoreBrokenPipes()
        // Each URL in flight needs a descriptor; without more of them, those that find none fail as "connect".
        _ = try? ResourceLimits.raiseOpenFiles()
        let started = ContinuousClock.now
        let results = LoopActor.wait { [self] finished in
            FetchRun(urls, timeout: timeout.duration, maxInFlight: maxInFlight) { progress in
                Terminal.progress(progress)
            } finished: {
                finished($0)
            }.start()
        }
        Terminal.progress("")
        let report = FetchReport(results: results, preview: preview, elapsed: ContinuousClock.now - started)
        print(json ? report.json : report.text)
        if results.contains(where: \.isFailure) { throw ExitCode(1) }
    }
}

/// A timeout on the command line, with its unit.
struct Timeout: ExpressibleByArgument {
    var duration: Duration

    init(duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)]
        guard let (suffix, scale) = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Double(argument.dropLast(suffix.count)), number > 0, number * scale <= 86_400
        else { return nil }
        duration = .milliseconds(Int64((number * scale * 1_000).rounded(.up)))
    }

    var defaultValueDescription: String { "10s" }
}
