import ArgumentParser
import FoundationEssentials
import Processes

/// Where the daemon listens for commands.
struct ControlOptions: ParsableArguments {
    @Option(help: "The daemon's control socket.", completion: .file())
    var socket = "/run/gatewayd/control.sock"
    @Flag(help: "Print JSON.") var json = false

    /// Why there is no answer to use.
    struct NoAnswer: Error {
        var message: String
        var exitCode: ExitCode

        /// Says so on standard error; what to throw then.
        func told() -> ExitCode {
            Terminal.error("gatewayctl: \(message)")
            return exitCode
        }
    }

    /// The daemon's answer to a command; throws, and says nothing, when it cannot be reached.
    func answer(to command: String) throws(NoAnswer) -> String {
        do throws(SystemError) {
            return try ControlClient.ask(command, socket: socket)
        } catch {
            throw NoAnswer(message: "\(error)", exitCode: ExitCode(69))
        }
    }

    /// The daemon's answer to a command; says so and ends with 69 when it cannot be reached.
    func ask(_ command: String) throws -> String {
        do throws(NoAnswer) {
            return try answer(to: command)
        } catch {
            throw error.told()
        }
    }

    /// Gives an order; when the daemon refuses it, says why and ends with `refusal`.
    ///
    /// With `isAll` its answer is all that will be told.
    func order(_ command: String, refusal: ExitCode, isAll: Bool) throws {
        let answer = try ask(command)
        guard let refused = try? JSONDecoder().decode(Refusal.self, from: Data(answer.utf8)) else {
            if isAll, json { print(answer, terminator: "") }
            return
        }
        if json { print(answer, terminator: "") } else { Terminal.error("gatewayctl: \(refused.error)") }
        throw refusal
    }

    /// Gives an order whose answer is the state that it leads to, and prints that.
    func end(_ command: String) throws {
        let answer = try ask(command)
        guard let ending = try? JSONDecoder().decode(Ending.self, from: Data(answer.utf8)) else {
            Terminal.error("gatewayctl: \(answer)")
            throw ExitCode(70)
        }
        print(json ? answer : "the daemon is \(ending.state)\n", terminator: "")
    }

    /// Asks from which level on the daemon logs, or says so; what is to be printed.
    func logLevel(_ command: String) throws -> String {
        let answer = try ask(command)
        guard let now = try? JSONDecoder().decode(LoggedLevel.self, from: Data(answer.utf8)) else {
            Terminal.error("gatewayctl: \(answer)")
            throw ExitCode(70)
        }
        return json ? answer : "the log has what is at least \(now.level)\n"
    }

    /// Everything that is counted.
    func sample() throws(NoAnswer) -> TopSample {
        let answer = try answer(to: "stats")
        guard let sample = try? JSONDecoder().decode(TopSample.self, from: Data(answer.utf8)) else {
            throw NoAnswer(
                message: "the daemon's answer is not what it counts: \(answer.prefix(200))", exitCode: ExitCode(70))
        }
        return sample
    }

    /// How the daemon and its workers are.
    func status() throws -> StatusTable {
        let answer = try ask("status")
        guard var report = try? JSONDecoder().decode(StatusTable.self, from: Data(answer.utf8)) else {
            Terminal.error("gatewayctl: the daemon's answer is not a status: \(answer)")
            throw ExitCode(70)
        }
        report.json = answer
        return report
    }

    private struct Refusal: Decodable {
        var error: String
    }

    private struct LoggedLevel: Decodable {
        var level: String
    }

    private struct Ending: Decodable {
        var state: String
    }
}

/// `gatewayctl status`: the daemon and its workers, a line each.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the daemon's state and its workers.",
        discussion: "Exit codes: 0 all is well, 1 something is not, 69 no daemon answers.")

    @OptionGroup var control: ControlOptions

    func run() throws {
        let status = try control.status()
        print(control.json ? status.json : status.text, terminator: "")
        if !status.isWell { throw ExitCode(1) }
    }
}

/// `gatewayctl stats`: everything that is counted, as JSON.
struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the statistics as JSON, as /stats does.")

    @OptionGroup var control: ControlOptions

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
        try control.end("drain")
    }
}

/// `gatewayctl stop`: as TERM does.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Drain and exit; a second time, exit at once.")

    @OptionGroup var control: ControlOptions

    func run() throws {
        try control.end("stop")
    }
}
