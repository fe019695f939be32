import ArgumentParser
import Base
import Configuration
import Glibc
import HTTP
import Processes
import Supervision

/// `gatewayd --config FILE`: the supervisor, in the foreground.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the supervisor in the foreground (the default).", shouldDisplay: false)

    @Option(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var config = Defaults.path

    func run() throws {
        let file = try load()
        var options = SupervisorOptions(
            configuration: file.configuration, configurationBytes: file.bytes, configurationPath: config,
            version: Version.text)
        options.reload = { [config] () throws(RefusedReload) in try ConfigurationFile.reload(config) }
        throw ExitCode(Supervisor(options).run())
    }

    private func load() throws -> ConfigurationFile {
        if let bytes = Handover.configurationToReturnTo { return try ConfigurationFile.check(bytes, path: config) }
        do {
            return try ConfigurationFile.load(config)
        } catch {
            Handover.giveWay(CommandLine.arguments, because: "the configuration has mistakes; the log has them")
            throw error
        }
    }
}

/// `gatewayd check --config FILE`: every error of a file, or what it would run.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate a configuration and say what it would run; exit 78 with every error otherwise.")

    @Option(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var config = Defaults.path

    @Option(help: "Print the calls of the fan-out route with this path: what waits for what, and the worst-case time.")
    var plan: String?

    @Flag(help: "Print the plan as a graph for Graphviz.")
    var dot = false

    @Flag(help: "Print the whole configuration, with every default filled in and secrets masked.")
    var effective = false

    func validate() throws {
        if effective, plan != nil { throw ValidationError("--effective prints the whole, and --plan one route") }
        if dot, plan == nil { throw ValidationError("--dot prints a plan: give the path of a route by --plan") }
    }

    func run() throws {
        let text = try ConfigurationFile.load(config).text
        if effective { return print(try text.effective(), terminator: "") }
        let configuration = text.configuration
        guard let plan else { return print(configuration.summary) }
        guard let found = RoutePlan(ofPath: plan, in: configuration) else {
            let known = RoutePlan.paths(in: configuration).joined(separator: ", ")
            printError("gatewayd: no fan-out route has the path '\(plan)'; those that have one are \(known)")
            throw ExitCode.failure
        }
        print(dot ? found.dot : found.table)
    }
}

/// `gatewayd schema`: what a configuration file may have.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a JSON Schema (2020-12) of the configuration file.")

    func run() { print(ConfigurationSchema.text) }
}

/// `gatewayd explain METHOD URL`: what a request would do.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a request would do: route, calls, time, what is forwarded, how it is merged.")

    @Option(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var config = Defaults.path

    @Option(name: [.customShort("H"), .long], help: "A field of the request, as 'Name: value'.")
    var header: [String] = []

    @Argument(help: "The request's method, such as GET.")
    var method: String

    @Argument(help: "Its path and query, or the whole URL.")
    var url: String

    func run() throws {
        let configuration = try ConfigurationFile.load(config).configuration
        var fields = HeaderFields()
        for line in header {
            let pieces = line.split(separator: ":", maxSplits: 1)
            guard pieces.count == 2 else { throw ValidationError("'\(line)' is no field: write 'Name: value'") }
            fields.append(String(pieces[0]), String(pieces[1].drop { $0 == " " }))
        }
        let request = Request(
            method: method, target: url, fields: fields, body: [], peer: Request.Peer("explain"), received: .now())
        do throws(Explanation.Refusal) {
            print(try Explanation.of(request, in: configuration))
        } catch {
            printError("gatewayd: \(error.status): \(error.reason)")
            throw ExitCode.failure
        }
    }
}
