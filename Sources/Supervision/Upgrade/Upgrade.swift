import Base
import Glibc
import Processes
import Scoreboard

/// Replaces the program that runs: what lies at its path takes over this process, with everything that is open.
///
/// The new program first shows in a process of its own that it can start: it reads its arguments and the configuration,
/// finds what it is handed, and exits with 0. Only then it runs in the supervisor's place (execve(2)): its process id, its
/// children and its sockets stay, so that nobody outside has to be told, and no connection is lost. There it rolls the
/// workers as a restart does, and the old ones serve until the new ones have proved themselves.
final class Upgrade {
    /// The number of the descriptor with the `Handover`, for the program that takes over.
    static let variable = "GATEWAYD_HANDOVER"
    /// The number of a control channel, for the one that only shows that it can.
    static let rehearsal = "GATEWAYD_REHEARSAL"
    /// Set for the program that comes back because its successor could not start: why.
    static let failure = "GATEWAYD_UPGRADE_FAILED"

    private let workers: Workers
    private let resources: SupervisorResources
    private let log: SupervisorLog
    private let path: String
    private let arguments: [String]
    private var plan = UpgradePlan()
    /// The new program in a process of its own, which is to say on the channel that it can start.
    private var rehearsing: (process: ChildProcess, channel: ControlChannel)?

    private var children: Children { workers.children }

    init(_ workers: Workers, _ resources: SupervisorResources, arguments: [String], log: SupervisorLog) {
        self.workers = workers
        self.resources = resources
        self.log = log
        self.arguments = arguments
        path = Replacement.path(startedAs: arguments.first ?? "gatewayd")
    }

    /// When `advance` is due; nil when nothing is waited for.
    var deadline: MonotonicTime? { plan.deadline }

    /// Adds what is waited for.
    func add(to polls: inout PollSet) {
        if let rehearsing { polls.read(rehearsing.process.descriptor, .rehearsal) }
    }

    /// USR2, or `upgrade` on the control socket; a further one changes nothing.
    func request(at now: MonotonicTime) { handle(.request, at: now) }

    /// Begins what can be begun, and gives up what takes too long; called in every round of the loop.
    func advance(isIdle: Bool, isReloading: Bool, at now: MonotonicTime) {
        // The end of a roll that it waited for is not its own.
        if plan.deadline != nil, !isReloading, children.board.outcome != .queued { showQueued() }
        handle(.tick(isQuiet: isIdle && children.areAllSteady), at: now)
    }

    /// The rehearsal has ended: well, so that the new program takes over in the next quiet moment, or not.
    func rehearsed(at now: MonotonicTime) throws(SystemError) {
        guard let rehearsing, let status = try rehearsing.process.reap() else { return }
        self.rehearsing = nil
        // Any program might exit with 0.
        let isFit = status == .exited(0) && (try? rehearsing.channel.receive()) == .message(.ready)
        handle(.rehearsed(isFit: isFit, ended: status.description), at: now)
    }

    private func handle(_ event: UpgradePlan.Event, at now: MonotonicTime) {
        switch plan.handle(event, at: now) {
        case .none: break
        case .announce:
            log.upgradeRequested(path)
            showQueued()
        case .rehearse: rehearse(at: now)
        case .takeOver: takeOver(at: now)
        case .refuse(let reason):
            _ = try? rehearsing?.process.signal(SIGKILL)
            rehearsing = nil
            log.upgradeRefused(reason)
            children.board.show(.refused, generation: children.generation.number + 1, message: reason)
        }
    }

    private func showQueued() {
        children.board.show(.queued, generation: children.generation.number + 1)
    }

    private func takeOver(at now: MonotonicTime) {
        do throws(SystemError) {
            let handover = self.handover()
            let memory = try ConfigurationMemory.create(Array(handover.encoded.utf8)).handOn()
            // Reached when it cannot run after all.
            defer { _ = Descriptor(owning: memory) }
            log.upgrading(path)
            try Replacement.run(
                path, arguments: arguments, keeping: handover.descriptors + [memory],
                adding: (resources.systemd?.variables ?? [:]).merging([Self.variable: "\(memory)"]) { $1 })
        } catch {
            handle(.failed(error.description), at: now)
        }
    }

    private func rehearse(at now: MonotonicTime) {
        do throws(SystemError) {
            let handover = self.handover()
            let memory = try ConfigurationMemory.create(Array(handover.encoded.utf8)).handOn()
            defer { _ = Descriptor(owning: memory) }
            setenv(Self.variable, "\(memory)", 1)
            let (ours, theirs) = try ControlChannel.pair()
            let number = theirs.descriptor.number
            setenv(Self.rehearsal, "\(number)", 1)
            defer { Environment.remove([Self.variable, Self.rehearsal]) }
            let spawn = Spawn(
                executable: path, arguments: arguments, descriptors: [memory, handover.open.scoreboard, number])
            let process = try withExtendedLifetime(theirs) { () throws(SystemError) in try spawn.start() }
            rehearsing = (process, ours)
            handle(.rehearsing, at: now)
        } catch {
            handle(.failed(error.description), at: now)
        }
    }

    private func handover() -> Handover {
        let generation = children.generation
        return Handover(
            generation: generation.number, workersWanted: workers.wanted, workersConfigured: generation.workers,
            open: .init(
                scoreboard: children.board.descriptor.number,
                scoreboardReadOnly: children.board.readOnlyDescriptor.number,
                admin: resources.admin.descriptor.number, control: resources.control.descriptor,
                configuration: generation.memory.number, program: resources.program),
            listeners: generation.listeners.handover, processes: children.handover)
    }
}
