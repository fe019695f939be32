import Configuration
import FanOut
import Foundation
import Testing

/// `deploy/gatewayd.yaml`.
private func sample() throws -> [UInt8] { Array(try Repository.text("deploy/gatewayd.yaml").utf8) }

/// The example that users are promised to be valid, word for word.
private let promised = """
    listen: [127.0.0.1:8080, "unix:/run/gatewayd/http.sock"]   # TCP, [v6]:port, unix:, or the sockets systemd passes
    admin: 127.0.0.1:9180        # read-only: stats, metrics, health, dashboard
    control: /run/gatewayd/control.sock      # gatewayctl; mode 0600
    workers: auto                # auto = CPUs this process may really use (affinity and cgroup quota), or a number
    upstreams:
      users:  { servers: [http://127.0.0.1:9001, http://127.0.0.1:9002] }
      orders: { servers: [http://127.0.0.1:9003] }
      legacy: { servers: [http://127.0.0.1:9004] }
    routes:
      - path: /page/{id}         # literal segments, {name} for one, a trailing * for the rest
        methods: [GET]
        timeout: 2s              # of the whole route
        fan_out:
          - { name: user,   upstream: users,  path: "/users/{id}", timeout: 300ms, required: true }
          - { name: orders, upstream: orders, path: "/orders?user={id}", timeout: 500ms }
          - { name: ads,    url: "http://127.0.0.1:9005/ads", timeout: 100ms, fallback: { items: [] } }
        merge: group             # group | object | array | envelope
      - path: /legacy/*
        proxy: { upstream: legacy }          # one upstream, streamed both ways
      - path: /fetch
        batch: { allow: ["http://127.0.0.1:*"], max: 32, timeout: 10s }   # the caller names the URLs
    """

@Test("The sample is valid, without a warning, and shows the defaults")
func loadsSample() throws {
    let (configuration, warnings) = try Configuration.load(try sample(), path: "gatewayd.yaml", environment: [:])
    #expect(warnings == [])
    #expect(configuration.sockets.listen == SocketSettings().listen)
    #expect(configuration.sockets.admin == SocketSettings().admin)
    #expect(configuration.sockets.control == SocketSettings().control)
    #expect(configuration.workers == .auto)
    #expect(configuration.accessLog)
    #expect(configuration.lifecycle.drain == LifecycleSettings().drain)
    #expect(configuration.lifecycle.heartbeatStale == LifecycleSettings().heartbeatStale)
    #expect(configuration.lifecycle.restart == RestartSettings())
    #expect(configuration.lifecycle.reload == ReloadSettings())
    #expect(configuration.lifecycle.recycle == RecycleSettings())
    #expect(configuration.limits == Limits())
    #expect(configuration.names == NameSettings())
    #expect(configuration.routes.count == 4)
}

@Test("The promised example is valid, without a warning")
func loadsPromised() throws {
    let (configuration, warnings) = try Configuration.load(promised.utf8, path: "gatewayd.yaml", environment: [:])
    #expect(warnings == [])
    #expect(configuration.upstreams.map(\.name) == ["users", "orders", "legacy", "http://127.0.0.1:9005"])
    let calls = try #require(firstFanOut(of: configuration)).calls
    #expect(calls.map(\.name) == ["user", "orders", "ads"])
    #expect(calls.last?.fallback.map { String(decoding: $0, as: UTF8.self) } == #"{"items":[]}"#)
}

@Test("Any beginning of the sample is a configuration or errors in order, never a trap")
func survivesTruncation() throws {
    let text = try sample()
    for length in stride(from: 0, to: text.count, by: 13) { check(Array(text.prefix(length))) }
    let short = Array(promised.utf8)
    for length in 0..<short.count { check(Array(short.prefix(length))) }
}

@Test("The example with random bytes changed is a configuration or errors in order, never a trap")
func survivesMutation() {
    var random = Seeded(4)
    let alphabet = Array("{}[]:,-#&*!|>'\"%@`$<? \n\t\r\\~0aé\u{85}\u{FFFD}".utf8) + [0x00, 0x80, 0xFF, 0xC3]
    for _ in 0..<1_500 {
        var text = Array(promised.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: 0..<text.count, using: &random)
            let byte = alphabet.randomElement(using: &random) ?? 0
            switch Int.random(in: 0...3, using: &random) {
            case 0: text[index] = byte
            case 1: text.insert(byte, at: index)
            case 2: text.remove(at: index)
            default:
                let end = Int.random(in: index...min(index + 40, text.count), using: &random)
                text.insert(contentsOf: Array(text[index..<end]), at: Int.random(in: 0...text.count, using: &random))
            }
        }
        check(text)
    }
}

/// A refusal has errors, each once, in order, and within the file.
private func check(_ text: [UInt8]) {
    do {
        let configuration = try Configuration.load(text, path: "f", environment: [:]).configuration
        #expect(!configuration.routes.isEmpty)
        #expect(!configuration.summary.isEmpty)
    } catch {
        #expect(!error.errors.isEmpty)
        #expect(Set(error.errors).count == error.errors.count)
        #expect(error.errors.allSatisfy { $0.line >= 1 && $0.column >= 1 && $0.line <= text.count + 1 })
        for (a, b) in zip(error.errors, error.errors.dropFirst()) {
            #expect((a.line, a.column) <= (b.line, b.column))
        }
    }
}
