import Admin
import ArgumentParser
import Configuration
import Demo
import Glibc
import Processes
import Worker

/// What every child of the supervisor is told.
struct ChildOptions: ParsableArguments {
    @Option(help: "The control channel.")
    var channel: Int32

    /// Does a child's work: says what went wrong to the supervisor, and ends with a status that tells it apart.
    func run(_ body: (ControlChannel) throws -> Void) throws {
        setProcessName("gatewayd")
        Signals.endAfterCrashes()
        // What was inherited is for this process, and not for the program that the runtime starts to write a backtrace.
        try Descriptor.markAllCloseOnExec()
        let channel = try ControlChannel(adopting: self.channel)
        do {
            try body(channel)
        } catch let code as ExitCode {
            throw code
        } catch {
            _ = try? channel.send(.failed("\(error)"))
            printError("gatewayd: \(error)")
            throw ExitCode(70)
        }
    }

    /// The configuration that the supervisor checked and sealed.
    func configuration(_ number: Int32) throws -> Configuration {
        let bytes = try ConfigurationMemory.read(from: number)
        return try ConfigurationFile.check(bytes, path: "(inherited)").configuration
    }
}

/// `gatewayd worker`: started by the supervisor.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A worker of the supervisor.", shouldDisplay: false)

    @OptionGroup var child: ChildOptions
    @Option var slot: Int
    @Option var row: Int
    @Flag var probe = false
    @Option var generation: Int
    @Option var scoreboard: Int32
    @Option(name: .customLong("configuration")) var configurationMemory: Int32
    @Option(parsing: .singleValue) var listener: [Int32]

    func run() throws {
        try child.run { channel in
            try WorkerProcess(
                WorkerProcess.Place(slot: slot, row: row),
                WorkerProcess.Descriptors(scoreboard: scoreboard, listeners: listener), channel,
                child.configuration(configurationMemory), probesItself: probe
            ).run()
        }
    }
}

/// `gatewayd admin`: started by the supervisor.
struct Admin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The admin process of the supervisor.", shouldDisplay: false)

    @OptionGroup var child: ChildOptions
    @Option var scoreboard: Int32
    @Option(name: .customLong("configuration")) var configurationMemory: Int32
    @Option var listener: Int32

    func run() throws {
        try child.run { channel in
            try AdminProcess(
                channel: channel, scoreboard: scoreboard, listener: listener,
                configuration: child.configuration(configurationMemory)
            ).run()
        }
    }
}

/// `gatewayd demo-upstreams`: started by the supervisor of `gatewayd demo`.
struct DemoUpstreams: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The demo's upstreams.", shouldDisplay: false)

    @OptionGroup var child: ChildOptions
    @Option var listener: Int32

    func run() throws {
        try child.run { channel in try DemoUpstream(channel: channel, listener: listener).run() }
    }
}
