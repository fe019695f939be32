import ArgumentParser
import Configuration
import FanOut
import Glibc
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

    func run() throws {
        print(try ConfigurationFile.load(config).configuration.summary)
    }
}
