import ArgumentParser
import FoundationEssentials
import Processes

/// Where the daemon listens for commands.
struct ControlOptions: ParsableArguments {
    @Option(help: "The daemon's control socket.", completion: .file())
    var socket = "/run/gatewayd/control.sock"

    /// The daemon's answer to a command; ends with 69 when it cannot be reached.
    func ask(_ command: String) throws -> String {
        do throws(SystemError) {
            return try ControlClient.ask(command, socket: socket)
        } catch {
            Terminal.error("gatewayctl: \(error)")
            throw ExitCode(69)
        }
    }

    /// Gives an order; when the daemon refuses it, says why and ends with `refusal`.
    func order(_ command: String, refusal: ExitCode) throws {
        let answer = try ask(command)
        guard let refused = try? JSONDecoder().decode(Refusal.self, from: Data(answer.utf8)) else { return }
        Terminal.error("gatewayctl: \(refused.error)")
        throw refusal
    }

    /// How the daemon and its workers are.
    func status() throws -> StatusTable {
        let answer = try ask("status")
        guard let report = try? JSONDecoder().decode(StatusTable.self, from: Data(answer.utf8)) else {
            Terminal.error("gatewayctl: the daemon's answer is not a status: \(answer)")
            throw ExitCode(70)
        }
        return report
    }

    private struct Refusal: Decodable {
        var error: String
    }
}

/// `gatewayctl status`: the daemon and its workers, a line each.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the daemon's state and its workers.")

    @OptionGroup var control: ControlOptions
    @Flag(help: "Print JSON instead of a table.") var json = false

    func run() throws {
        if json { return print(try control.ask("status"), terminator: "") }
        print(try control.status().text, terminator: "")
    }
}

/// `gatewayctl stats`: everything that is counted, as JSON.
struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the statistics as JSON, as /stats does.")

    @OptionGroup var control: ControlOptions
    @Flag(help: "Print JSON; it always does.") var json = false

    func run() throws {
        print(try control.ask("stats"), terminator: "")
    }
}

/// `gatewayctl drain`: the same end as `stop`.
struct Drain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer what is in progress, take nothing new, then exit.")

    @OptionGroup var control: ControlOptions

    func run() throws {
        print(try control.ask("drain"), terminator: "")
    }
}

/// `gatewayctl stop`: as TERM does.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Drain and exit; a second time, exit at once.")

    @OptionGroup var control: ControlOptions

    func run() throws {
        print(try control.ask("stop"), terminator: "")
    }
}
