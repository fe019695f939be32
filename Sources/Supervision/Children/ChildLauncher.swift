import Configuration
import Processes

/// Starts the process of a child with the descriptors that its role has.
struct ChildLauncher {
    private let executable: String
    private let companions: [SupervisorOptions.Companion]
    private let admin: ListeningSocket
    private let board: Board

    init(_ options: SupervisorOptions, admin: ListeningSocket, board: Board) {
        executable = options.executable
        companions = options.companions
        self.admin = admin
        self.board = board
    }

    /// Starts it, and gives it what the supervisor holds of it: process, channel and, for a worker, its standard error.
    func start(_ child: Child) throws(SystemError) {
        let (ours, theirs) = try ControlChannel.pair()
        let command = command(of: child, channel: theirs.descriptor.number)
        // Those of companions go where the supervisor's go: they are part of the demo, and have no reports.
        let output = child.role.isWorker ? try ErrorOutput.pipe() : nil
        let writer = output?.writer
        defer { if let writer { _ = Descriptor(owning: writer) } }
        let spawn = Spawn(
            executable: executable, arguments: command.arguments, descriptors: command.descriptors,
            standardError: writer)
        // Its descriptor closes with it, and the child must find it open.
        child.process = try withExtendedLifetime(theirs) { () throws(SystemError) in try spawn.start() }
        child.channel = ours
        child.words = output?.reader
    }

    private func command(of child: Child, channel: Int32) -> ChildCommand {
        let generation = child.generation
        let shared = ChildCommand.Shared(
            scoreboard: board.descriptor.number, scoreboardReadOnly: board.readOnlyDescriptor.number,
            configuration: generation.memory.number,
            listeners: generation.listeners.sockets.map { $0.descriptor.number }, admin: admin.descriptor.number)
        return switch child.role {
        case .worker(let slot, let row):
            .worker(
                slot: slot, row: row, generation: generation.number, isOnTrial: child.isOnTrial, channel: channel,
                shared: shared)
        case .admin: .admin(channel: channel, shared: shared)
        case .companion(let index, _): .companion(companions[index], channel: channel)
        }
    }
}
