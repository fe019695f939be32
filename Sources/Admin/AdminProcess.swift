package import Configuration
import HTTP
import HTTPEdge
package import Processes
import Scoreboard

/// The admin process: the cluster's state over HTTP, read from the scoreboard, which it cannot write.
package struct AdminProcess {
    package var channel: ControlChannel
    /// The numbers of the inherited descriptors.
    package var scoreboard: Int32
    package var listener: Int32
    package var configuration: Configuration

    package init(channel: ControlChannel, scoreboard: Int32, listener: Int32, configuration: Configuration) {
        self.channel = channel
        self.scoreboard = scoreboard
        self.listener = listener
        self.configuration = configuration
    }

    /// Serves until the supervisor says drain or is gone; throws what kept it from starting.
    package func run() throws {
        let reader = try ScoreboardReader.map(descriptor: scoreboard)
        Signals.ignoreBrokenPipes()
        Signals.ignoreHangUp()
        try SupervisedServer.run(channel, limit: configuration.lifecycle.drain) { [self] in
            var limits = EdgeLimits()
            limits.client.requests.body = 0
            let generation = reader.entry(of: .admin)?.generation
            let paths = configuration.routePaths
            // Of later generations nobody tells this process.
            let feed = LiveFeed(reader, routes: { $0 == generation ? paths : [] })
            let server = HTTPServer(AdminEndpoints(reader, feed), limits: limits)
            server.serve(listener)
            return SupervisedServer.Started(server)
        }
    }
}
