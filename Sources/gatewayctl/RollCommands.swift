import ArgumentParser
import Glibc

/// `gatewayctl reload`: the daemon reads its configuration again, and new workers take the place of the old.
struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the configuration again and roll the workers to it; waits for the outcome.",
        discussion: "Exit codes: 0 it is in use, 78 it has mistakes, 1 its workers failed and the old ones stay.")

    @OptionGroup var control: ControlOptions
    @Flag(help: "Do not wait for the outcome.") var noWait = false

    func run() throws {
        try control.order("reload", refusal: ExitCode(78), isAll: noWait)
        if !noWait { try control.awaitRoll() }
    }
}

/// `gatewayctl restart [ID]`: new workers of the same configuration.
struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace one worker, or all of them, by new ones of the same configuration.",
        discussion:
            "One that is held back after too many deaths is started at once. Without ID the outcome is waited for.")

    @OptionGroup var control: ControlOptions
    @Argument(help: "The worker's number, as status shows it; all without it.") var id: Int?
    @Flag(help: "Do not wait for the outcome.") var noWait = false

    func run() throws {
        try control.order(id.map { "restart \($0)" } ?? "restart", refusal: ExitCode(64), isAll: id != nil || noWait)
        if id == nil, !noWait { try control.awaitRoll() }
    }
}

/// `gatewayctl upgrade`: the program that lies where the daemon's was started takes its place.
struct Upgrade: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Put the installed program in the place of the one that runs, without closing a listener; waits for it.",
        discussion: "Exit codes: 0 it runs, 78 it cannot start and the old one goes on, 1 its workers failed.")

    @OptionGroup var control: ControlOptions
    @Flag(help: "Do not wait for the outcome.") var noWait = false

    func run() throws {
        try control.order("upgrade", refusal: ExitCode(64), isAll: noWait)
        if !noWait { try control.awaitRoll() }
    }
}

/// `gatewayctl scale N`: more or fewer workers.
struct Scale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make it N workers: further ones start, or the highest drain; waits until all N serve.",
        discussion: "Exit codes: 0 they serve, 1 they do not, 64 there cannot be so many.")

    @OptionGroup var control: ControlOptions
    @Argument(help: "How many workers there are to be, from 1 to 64.") var count: Int
    @Flag(help: "Do not wait until they serve.") var noWait = false

    func run() throws {
        try control.order("scale \(count)", refusal: ExitCode(64), isAll: noWait)
        if !noWait { try control.await(workers: count) }
    }
}

extension ControlOptions {
    /// Between two looks at how far a roll is.
    private static let interval: UInt32 = 50_000

    /// For workers that start: longer than the daemon gives them, and a roll that is before them.
    private static let patience = Duration.seconds(60)

    /// Waits until so many workers are wanted and serve; what drains besides may take its time.
    fileprivate func await(workers count: Int) throws {
        let end = ContinuousClock.now + Self.patience
        while true {
            let status = try status()
            let supervisor = status.supervisor
            if supervisor.workers_wanted == count, supervisor.workers_ready >= count {
                let text = json ? #"{"workers_wanted":\#(count),"workers_ready":\#(supervisor.workers_ready)}"# : nil
                return print(text ?? "\(count) \(count == 1 ? "worker serves" : "workers serve")")
            }
            guard ["running", "reloading"].contains(supervisor.state), ContinuousClock.now < end else {
                if json { print(#"{"workers_wanted":\#(count),"workers_ready":\#(supervisor.workers_ready)}"#) }
                Terminal.error("gatewayctl: \(count) workers do not serve: \(status.headline)")
                throw ExitCode(1)
            }
            usleep(Self.interval)
        }
    }

    /// Waits until the reload or restart is over; says what became of it, and ends with 1 or 78 when it is not in use.
    fileprivate func awaitRoll() throws {
        while true {
            let supervisor = try status().supervisor
            guard let reload = supervisor.reload else { return }
            switch reload.outcome {
            case "queued" where supervisor.state != "draining", "rolling" where supervisor.state != "draining":
                usleep(Self.interval)
            case "done":
                return print(json ? reload.json : "generation \(reload.generation) is in use")
            default:
                if json { print(reload.json) }
                Terminal.error("gatewayctl: the change was \(reload.outcome): \(reload.message)")
                throw ExitCode(reload.outcome == "refused" ? 78 : 1)
            }
        }
    }
}
