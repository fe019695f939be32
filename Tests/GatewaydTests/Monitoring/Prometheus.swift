import Foundation

/// A real Prometheus that scrapes a gateway every second and evaluates the delivered alerts as often.
final class Prometheus: Sendable {
    private static let folder = "/usr/bin"
    /// Its tool, of the same Debian package.
    static let tool = "\(folder)/promtool"

    /// One series of a query's result.
    struct Series: Decodable, Sendable {
        var metric: [String: String]
        /// A time, and the value as text.
        private var value: [Cell]

        /// Not a number where the text is none.
        var number: Double { value.last.flatMap { Double($0.text) } ?? .nan }

        private struct Cell: Decodable {
            var text: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                text = try (try? container.decode(String.self)) ?? "\(container.decode(Double.self))"
            }
        }
    }

    /// A rule, as it judges itself.
    struct Rule: Decodable, Sendable {
        var name: String
        /// `ok`, `err` or, before it was first evaluated, `unknown`.
        var health: String
        var lastError: String?
        /// `inactive`, `pending` or `firing`.
        var state: String
    }

    private let program: Program
    private let port: Int
    private let folder: TemporaryFolder

    /// Starts one, and returns when it has scraped the gateway and evaluated the alerts.
    static func start(scraping gateway: Gateway) async throws -> Prometheus {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/prometheus.yml"
        try """
        global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
        rule_files: ["\(Repository.path("deploy/prometheus/gatewayd.rules.yml"))"]
        scrape_configs:
          - { job_name: gatewayd, static_configs: [{ targets: ["127.0.0.1:\(gateway.adminPort)"] }] }
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let program = try Program(
            "\(Self.folder)/prometheus",
            [
                "--config.file=\(file)", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:0", "--log.format=json",
            ])
        do {
            try await waitUntil("Prometheus was ready: \(program.errors.lines)") {
                program.errors.lines.contains { $0.contains("Server is ready") } || program.exitCode != nil
            }
            let prometheus = try Prometheus(program, folder)
            try await waitUntil("the gateway was scraped twice") {
                try await prometheus.query("count_over_time(up[1m]) > 1").isEmpty == false
            }
            try await waitUntil("the alerts were evaluated") {
                try await prometheus.rules().contains { $0.health == "unknown" } == false
            }
            return prometheus
        } catch {
            program.stop()
            throw error
        }
    }

    private init(_ program: Program, _ folder: TemporaryFolder) throws {
        struct Line: Decodable {
            var msg: String
            var address: String?
        }
        let lines = program.errors.lines.compactMap { try? JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        guard let address = lines.last(where: { $0.msg == "Listening on" })?.address,
            let port = address.split(separator: ":").last.flatMap({ Int($0) })
        else { throw WaitedInVain(description: "Prometheus did not say where it listens: \(program.errors.lines)") }
        self.program = program
        self.port = port
        self.folder = folder
    }

    deinit { program.stop() }

    /// What an expression is now; throws what Prometheus says against it.
    func query(_ expression: String) async throws -> [Series] {
        struct Result: Decodable { var result: [Series] }
        let unreserved = CharacterSet(charactersIn: "A"..."Z").union(.init(charactersIn: "a"..."z"))
            .union(.init(charactersIn: "0"..."9")).union(.init(charactersIn: "-._~"))
        let text = expression.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        return try await get("/api/v1/query?query=\(text)", as: Result.self).result
    }

    /// The alerts.
    func rules() async throws -> [Rule] {
        struct Groups: Decodable { var groups: [Group] }
        struct Group: Decodable { var rules: [Rule] }
        return try await get("/api/v1/rules", as: Groups.self).groups.flatMap(\.rules)
    }

    /// Its API wraps all it answers (https://prometheus.io/docs/prometheus/latest/querying/api/).
    private struct Envelope<Value: Decodable>: Decodable {
        var data: Value?
        var error: String?
    }

    private func get<Value: Decodable>(_ target: String, as kind: Value.Type) async throws -> Value {
        let client = try await RawClient.connect(port: port)
        try await client.request("GET", target)
        let envelope = try await JSONDecoder().decode(Envelope<Value>.self, from: Data(client.reply().body.utf8))
        guard let value = envelope.data else {
            throw WaitedInVain(description: "Prometheus answered \(target): \(envelope.error ?? "nothing")")
        }
        return value
    }
}
