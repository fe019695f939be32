/// Who a child is.
package enum ChildRole: Sendable, Hashable {
    /// The worker in this row of this slot.
    case worker(slot: Int, row: Int = 0)
    case admin
    /// A companion by its place in the options, and its name.
    case companion(index: Int, name: String)

    /// Whether it came with the options.
    package var isCompanion: Bool {
        if case .companion = self { return true }
        return false
    }

    /// Whether it serves clients, and so drains before the others leave.
    package var isWorker: Bool {
        if case .worker = self { return true }
        return false
    }
}

/// The command line of a child and the descriptors it inherits.
///
/// They keep their numbers, which is how they are named.
package struct ChildCommand: Sendable, Hashable {
    /// argv, the program's name first.
    package let arguments: [String]
    /// What survives the exec beside 0, 1 and 2.
    package let descriptors: [Int32]

    /// The descriptors that children share, by their purpose.
    package struct Shared: Sendable, Hashable {
        /// The scoreboard for workers, which write their slot.
        package var scoreboard: Int32
        /// The scoreboard for the admin process, which can only read it.
        package var scoreboardReadOnly: Int32
        /// The sealed configuration.
        package var configuration: Int32
        /// The listening sockets of clients.
        package var listeners: [Int32]
        /// The listening socket of the admin endpoints.
        package var admin: Int32

        package init(
            scoreboard: Int32, scoreboardReadOnly: Int32, configuration: Int32, listeners: [Int32], admin: Int32
        ) {
            self.scoreboard = scoreboard
            self.scoreboardReadOnly = scoreboardReadOnly
            self.configuration = configuration
            self.listeners = listeners
            self.admin = admin
        }
    }

    /// The command of a worker; one on trial asks itself for the probe and tells the answer.
    package static func worker(
        slot: Int, row: Int, generation: Int, isOnTrial: Bool, channel: Int32, shared: Shared
    ) -> ChildCommand {
        ChildCommand(
            words: ["worker", "--slot", String(slot), "--row", String(row), "--generation", String(generation)]
                + (isOnTrial ? ["--probe"] : []),
            options: [
                ("--channel", channel), ("--scoreboard", shared.scoreboard), ("--configuration", shared.configuration),
            ] + shared.listeners.map { ("--listener", $0) })
    }

    /// The command of the admin process.
    package static func admin(channel: Int32, shared: Shared) -> ChildCommand {
        ChildCommand(
            words: ["admin"],
            options: [
                ("--channel", channel), ("--scoreboard", shared.scoreboardReadOnly),
                ("--configuration", shared.configuration), ("--listener", shared.admin),
            ])
    }

    /// The command of a companion.
    package static func companion(_ companion: SupervisorOptions.Companion, channel: Int32) -> ChildCommand {
        ChildCommand(words: companion.arguments, options: [("--channel", channel)], further: companion.descriptors)
    }

    private init(words: [String], options: [(name: String, descriptor: Int32)], further: [Int32] = []) {
        arguments = ["gatewayd"] + words + options.flatMap { [$0.name, String($0.descriptor)] }
        descriptors = options.map(\.descriptor) + further
    }
}
