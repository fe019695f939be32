/// What the workers that share a listening socket hold together, and whether one of them should take more.
package struct AcceptShare: Sendable, Equatable {
    /// Workers that serve.
    package var workers: Int
    /// Connections that all of them hold.
    package var connections: Int

    package init(workers: Int, connections: Int) {
        self.workers = workers
        self.connections = connections
    }

    /// Whether the worker that holds so many may take the next one: until it has a twentieth and one more than the mean.
    ///
    /// A twentieth and one: with less slack a worker would leave and come back for every few connections.
    package func admits(_ mine: Int) -> Bool {
        workers < 2 || 20 * (mine - 1) * workers <= 21 * connections
    }
}
