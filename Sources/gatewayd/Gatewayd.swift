import ArgumentParser
import Base

/// `gatewayd`: parses arguments and calls one function.
@main
struct Gatewayd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatewayd",
        abstract: "A fan-out API gateway: one request in, many upstream calls at once, one answer out.",
        discussion: """
            Without a subcommand it runs the supervisor in the foreground. Signals: TERM and INT drain, then exit; \
            a second one exits at once. Exit codes: 0 done, 64 bad usage, 69 cannot bind, 70 internal, 78 bad \
            configuration.
            """,
        version: Version.text,
        subcommands: [
            Run.self, Check.self, Schema.self, Explain.self, Demo.self, Worker.self, Admin.self, DemoUpstreams.self,
        ],
        defaultSubcommand: Run.self)
}
