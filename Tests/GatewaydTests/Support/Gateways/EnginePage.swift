import Foundation
import Testing

/// The ways to move an upstream's calls, as a configuration names them.
enum TestEngine: String, CaseIterable, Sendable {
    /// The plain lane, for http.
    case auto
    case libcurl
}

/// One call of a page, and how it is to end.
struct CallCase: Sendable {
    var name: String
    /// What the upstream does; nil: the call goes to `url`.
    var behaviour: Behaviour?
    var url: String?
    /// The reason of the failure; nil: the call succeeds.
    var error: String?
    /// The body as the answer has it.
    var body: String?
    /// More keys of the call, such as `timeout: 300ms`.
    var keys = ""

    static func fails(_ name: String, _ error: String, _ behaviour: Behaviour, keys: String = "") -> CallCase {
        CallCase(name: name, behaviour: behaviour, error: error, keys: keys)
    }

    static func fails(_ name: String, _ error: String, url: String, keys: String = "") -> CallCase {
        CallCase(name: name, url: url, error: error, keys: keys)
    }

    static func succeeds(_ name: String, _ body: String, _ behaviour: Behaviour, keys: String = "") -> CallCase {
        CallCase(name: name, behaviour: behaviour, body: body, keys: keys)
    }

    static func succeeds(_ name: String, _ body: String, url: String, keys: String = "") -> CallCase {
        CallCase(name: name, url: url, body: body, keys: keys)
    }
}

/// A gateway with one page of calls, each to an upstream of its own name, moved by one engine.
///
/// A good call stands before, between and behind the others.
struct EnginePage: Sendable {
    let gateway: Gateway
    let upstream: TestUpstream
    private let cases: [CallCase]

    /// Bytes of a body, at most.
    static let bodyLimit = 64 << 10

    /// - Parameters:
    ///   - upstreamKeys: More keys of the upstreams that cases with a `url` have, each after a comma.
    ///   - url: A server that does what the cases say, in place of `upstream`.
    static func start(
        _ engine: TestEngine, _ cases: [CallCase], upstreamKeys: String = "", at url: String? = nil
    ) async throws -> EnginePage {
        let upstream = try await TestUpstream.start()
        var all = [CallCase.succeeds("good0", "0", .json("0"))]
        for (index, one) in cases.enumerated() {
            all.append(one)
            if index % 4 == 3 || index == cases.count - 1 {
                all.append(.succeeds("good\(index + 1)", "\(index + 1)", .json("\(index + 1)")))
            }
        }
        var upstreams = ["  here: { servers: [\"\(url ?? upstream.url)\"], engine: \(engine) }"]
        var calls: [String] = []
        for one in all {
            let keys = one.keys.isEmpty ? "" : ", \(one.keys)"
            if let behaviour = one.behaviour { upstream.on("/\(one.name)", behaviour) }
            if let url = one.url {
                upstreams.append("  \(one.name): { servers: [\"\(url)\"], engine: \(engine)\(upstreamKeys) }")
            }
            calls.append(
                "      - { name: \(one.name), upstream: \(one.url == nil ? "here" : one.name), path: /\(one.name)\(keys) }"
            )
        }
        let gateway = try await Gateway.start(
            """
            limits: { response_body: \(bodyLimit) }
            upstreams:
            \(upstreams.joined(separator: "\n"))
            routes:
              - path: /page
                timeout: 25s
                merge: envelope
                fan_out:
            \(calls.joined(separator: "\n"))
            """)
        return EnginePage(gateway: gateway, upstream: upstream, cases: all)
    }

    /// Gets the page so many times; each call is to end as its case says, and nothing is to be left in flight.
    ///
    /// From the second time on, handles and connections of earlier calls are in use again.
    func expectAsSaid(times: Int = 2, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for time in 1...times {
            let surprises = try await surprises()
            #expect(surprises == [], "the page's answer \(time)", sourceLocation: sourceLocation)
        }
        let inFlight = try await gateway.stats().totals.calls.in_flight
        #expect(inFlight == 0, sourceLocation: sourceLocation)
    }

    /// A line for each call that did not end as it was to.
    private func surprises() async throws -> [String] {
        let reply = try await gateway.get("/page")
        guard let results = reply.json["results"] as? [String: [String: Any]] else {
            return ["no page but \(reply.status) \(reply.body)"]
        }
        return cases.compactMap { one in
            let result = results[one.name] ?? [:]
            let error = result["error"] as? String
            if error != one.error { return "\(one.name): \(error ?? "success"), not \(one.error ?? "success")" }
            guard let body = one.body else { return nil }
            let wanted = try? JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed)
            let isSame = (result["body"] as? NSObject)?.isEqual(wanted) ?? false
            return isSame ? nil : "\(one.name): the body is \(result["body"].map { "\($0)" } ?? "none")"
        }
    }

    /// Gets it so many times from 48 clients at once, and waits until nothing is under way any more.
    func load(pages: Int) async throws {
        let clients = LoadClients.start(port: gateway.port, connections: 48, path: "/page", limit: pages)
        try await waitUntil("all pages were answered", limit: .seconds(120)) { clients.areDone }
        let result = await clients.stop()
        #expect(result.failures.isEmpty && result.answered == pages, "\(result.failures.prefix(3))")
        try await waitUntil("nothing was under way") {
            let totals = try await gateway.stats().totals
            return totals.connections.active == 0 && totals.calls.in_flight == 0
        }
    }
}
