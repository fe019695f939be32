import ArgumentParser
import Base

/// `gatewayctl`: parses arguments and calls one function.
@main
struct Gatewayctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatewayctl",
        abstract: "Talks to a running gatewayd, and fetches URLs at once.",
        discussion: "Exit codes: 0 done, 1 a URL failed, 64 bad usage, 69 cannot reach the daemon.",
        version: Version.text,
        subcommands: [
            Status.self, Stats.self, Top.self, Why.self, Reload.self, Restart.self, Scale.self, Upgrade.self,
            LogLevelCommand.self, Drain.self,
            Stop.self,
            Fetch.self,
        ])
}
