import Base
import Loop
import Policy
import Scoreboard
import Upstream

/// What the calls of one request carry of it, and what is told of them as they begin and end: to the scoreboard, for the
/// report if this process dies, and to the trace.
@LoopActor
struct CallTelemetry {
    /// When the request's calls began.
    let started: MonotonicTime
    private let counters: WorkerCounters
    private let records: InFlightRecords
    /// Where the request is noted down; nil where it is not.
    private let place: Int?
    /// Nil where nobody is told of the calls.
    let trace: RequestTrace?
    private let headers: HeaderList

    init(_ exchange: Exchange, _ counters: WorkerCounters, _ records: InFlightRecords, at now: MonotonicTime) {
        started = now
        self.counters = counters
        self.records = records
        place = exchange.place
        trace = exchange.mark.recorded
        headers = exchange.mark.headers(exchange.request)
    }

    /// What a call carries of its request.
    func headers(ofCall index: Int) -> HeaderList { trace?.headers(ofCall: index) ?? headers }

    /// A call begins.
    ///
    /// - Parameter upstream: Where the scoreboard counts it.
    func began(upstream: Int?) { counters.callStarted(upstream: upstream) }

    /// A call has ended.
    ///
    /// - Parameter latency: Nil where nothing went to the upstream: it would say that this was fast.
    func ended(upstream: Int?, _ failure: Failure?, latency: Duration?) {
        counters.callFinished(upstream: upstream, failure: failure, latency: latency)
    }

    /// Which calls are still open, a bit for each.
    func note(openCalls: UInt64) {
        if let place { records.note(openCalls: openCalls, at: place) }
    }
}
