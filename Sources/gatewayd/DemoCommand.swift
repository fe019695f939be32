import ArgumentParser
import Base
import Demo
import Glibc
import Processes
import Supervision

/// `gatewayd demo`: upstreams of its own and a gateway over them, with nothing to configure.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start demo upstreams and a gateway over them, and print URLs to try.")

    @Option(help: "Where the gateway listens; another port when this one is taken and was not asked for.")
    var listen: String?
    @Option(help: "Where the stats are; likewise.")
    var admin: String?
    @Option(help: "The number of workers.")
    var workers = 4
    @Option(help: "The path of the control socket.")
    var socket: String?

    func run() throws {
        let upstream = try ListeningSocket(bindingTo: Self.loopback(0))
        // Bound and never listening: the kernel refuses connections to it, and nobody else can take it.
        let unreachable = try BoundSocket(Self.loopback(0))
        let control = socket ?? "/tmp/gatewayd-demo-\(getpid()).sock"
        let text = DemoConfiguration.text(
            listen: try listen ?? Self.free(8080), admin: try admin ?? Self.free(9180), control: control,
            workers: "\(workers)", upstream: "\(upstream.address)", unreachable: "\(unreachable.address)")
        let file = try ConfigurationFile.check(Array(text.utf8), path: "(demo)")
        var options = SupervisorOptions(
            configuration: file.configuration, configurationBytes: file.bytes, configurationPath: "(demo)",
            version: Version.text)
        let number = upstream.descriptor.number
        options.companions = [
            .init(name: "upstreams", arguments: ["demo-upstreams", "--listener", "\(number)"], descriptors: [number])
        ]
        options.whenReady = { addresses in
            let gateway = addresses.listen.first.map { "\($0)" } ?? "?"
            print(DemoConfiguration.guide(gateway: gateway, admin: "\(addresses.admin)", control: control))
            fflush(nil)
        }
        let code = withExtendedLifetime((upstream, unreachable)) { Supervisor(options).run() }
        throw ExitCode(code)
    }

    private static func loopback(_ port: UInt16) throws -> SocketAddress {
        try SocketAddress(host: "127.0.0.1", port: port)
    }

    /// The usual port, or one that the kernel chooses when it is taken.
    private static func free(_ port: UInt16) throws -> String {
        let isFree = (try? ListeningSocket(bindingTo: loopback(port))) != nil
        return "127.0.0.1:\(isFree ? port : 0)"
    }
}
