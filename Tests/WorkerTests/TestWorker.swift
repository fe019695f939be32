import Base
import Configuration
import FanOut
import Glibc
import HTTP
import Loop
import Policy
import Processes
import Scoreboard
import Testing

@testable import Worker

/// A worker's flow with a configuration of its own, a fake engine, and a scoreboard that nobody else has.
@LoopActor
final class TestWorker {
    let engine = FakeEngine()
    let board: Scoreboard
    let services: Services
    let flow: RequestFlow
    private let descriptors: [Int32]

    /// - Parameters:
    ///   - text: The configuration, as YAML.
    ///   - limit: Of requests in flight; nil where nothing adapts.
    init(_ text: String, limit: AdaptiveLimit? = nil, files: SecretFiles = .none) throws {
        let configuration = try Configuration.load(text.utf8, path: "f", environment: [:], files: files).configuration
        let created = try Scoreboard.create(slots: 1)
        descriptors = [created.descriptor, created.readOnlyDescriptor]
        board = created.scoreboard
        board.supervisor.recordStart(of: .worker(0), pid: 100, generation: 1, at: .now(), isRestart: false)
        for upstream in configuration.upstreams { _ = try board.supervisor.registerUpstream(named: upstream.name) }
        let counters = try board.worker(0)
        services = Services(configuration, board, counters)
        let telemetry = RequestTelemetry(
            counters, try board.inFlight(0), RequestRecorder(ring: try board.requestRing(0), worker: 0),
            configuration.trustedProxies, nil, nil)
        flow = RequestFlow(services, engine, Admission(engine, limit, workers: { _ in 1 }), telemetry)
    }

    isolated deinit {
        for descriptor in descriptors { close(descriptor) }
    }

    /// A request, on its way.
    func send(
        _ method: String = "GET", _ target: String, _ fields: (String, String)..., body: String = "",
        from client: String = "10.0.0.9:1"
    ) -> TestClient {
        let waiter = TestClient()
        flow.respond(to: Self.request(method, target, fields, body: body, from: client), of: waiter.client)
        return waiter
    }

    static func request(
        _ method: String = "GET", _ target: String, _ fields: [(String, String)] = [], body: String = "",
        from client: String = "10.0.0.9:1"
    ) -> Request {
        var header = HeaderFields()
        for (name, value) in fields { header.append(name, value) }
        return Request(
            method: method, target: target, fields: header, body: Array(body.utf8), peer: Request.Peer(client),
            received: .now())
    }

    /// What the worker has counted.
    var traffic: Traffic { board.reader.snapshot().totals }

    /// How many requests ended with a status of each class, from 1xx on.
    var byClass: [UInt64] { (0..<5).map { traffic.byClass[$0] } }

    /// The requests that are noted down as in flight.
    var inFlight: [InFlightRequest] { board.supervisor.inFlight(ofWorker: 0) }

    /// What a route does, where that is a fan-out.
    func fanOut(_ index: Int = 0) throws -> FanOutService {
        guard case .fanOut(let service) = services.routes[index].action else {
            Issue.record("route \(index) is no fan-out")
            throw CancellationError()
        }
        return service
    }
}
