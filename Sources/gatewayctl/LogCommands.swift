import ArgumentParser
import Telemetry

/// `gatewayctl log-level [LEVEL]`: what the daemon's log has from now on.
struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Set from which level on the daemon and its workers log, or show it.",
        discussion: "It holds until a configuration with other settings of the log is in use, or the daemon ends.")

    @OptionGroup var control: ControlOptions
    @Argument(help: "debug, info, warning or error; without it nothing is changed.") var level: LogLevel?

    func run() throws {
        let command = level.map { "log-level \($0.rawValue)" } ?? "log-level"
        print(try control.logLevel(command), terminator: "")
    }
}

extension LogLevel: ExpressibleByArgument {}
