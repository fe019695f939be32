import Foundation

/// A collector of spans that decodes them by the protocol's own definition (Tests/Collector).
final class Collector: Sendable {
    /// A span, or what is wrong with what came in place of one.
    struct Span: Decodable, Sendable {
        var resource: [String: String]
        var trace: String
        var span: String
        var parent: String
        var state: String
        var name: String
        var kind: String
        var time: Time
        var attributes: [String: String]
        var isError: Bool
        var flags: Int
        /// The field `X-Api-Key` of the request that brought it.
        var key: String
    }

    /// Nanoseconds since the epoch.
    struct Time: Decodable, Sendable {
        var start: UInt64
        var end: UInt64
    }

    private struct Start: Decodable { var port: Int }

    private let program: Program
    private let port: Int

    var endpoint: String { "http://127.0.0.1:\(port)/v1/traces" }
    /// All that it was sent, in this order.
    var lines: [String] { Array(program.output.lines.dropFirst()) }
    var spans: [Span] { lines.compactMap { try? JSONDecoder().decode(Span.self, from: Data($0.utf8)) } }

    static func start(status: Int = 200) async throws -> Collector {
        let python = Repository.root.appending(path: ".build/collector/bin/python3").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw WaitedInVain(description: "there is no \(python): make setup-test makes it")
        }
        let script = Repository.root.appending(path: "Tests/Collector/collector.py").path
        let program = try Program(python, [script, "--status", "\(status)"])
        try await waitUntil("the collector listens: \(program.errors.lines)") { !program.output.lines.isEmpty }
        let start = try JSONDecoder().decode(Start.self, from: Data(program.output.lines[0].utf8))
        return Collector(program, start.port)
    }

    private init(_ program: Program, _ port: Int) {
        self.program = program
        self.port = port
    }

    deinit { program.stop() }
}
