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

    private struct Rehearsal {
        var process: ChildProcess
        var channel: ControlChannel
        var deadline: MonotonicTime
    }

    private let children: Children
    private let resources: SupervisorResources
    private let log: SupervisorLog
    private let path: String
    private let arguments: [String]
    private var isWanted = false
    /// The new program has shown that it can start, and takes over in the next quiet moment.
    private var isRehearsed = false
    /// When it was asked for: it waits for workers that come and go, but not for ever.
    private var wantedBy: MonotonicTime?
    private var rehearsing: Rehearsal?

    init(_ children: Children, _ resources: SupervisorResources, arguments: [String], log: SupervisorLog) {
        self.children = children
        self.resources = resources
        self.log = log
        self.arguments = arguments
        path = Replacement.path(startedAs: arguments.first ?? "gatewayd")
    }

    /// When `advance` is due; nil when nothing is waited for.
    var deadline: MonotonicTime? { rehearsing?.deadline ?? wantedBy }

    /// Adds what is waited for.
    func add(to polls: inout PollSet) {
        if let rehearsing { polls.read(rehearsing.process.descriptor, .rehearsal) }
    }

    /// USR2, or `upgrade` on the control socket; a further one changes nothing.
    func request(at now: MonotonicTime) {
        guard !isWanted, !isRehearsed, rehearsing == nil else { return }
        isWanted = true
        wantedBy = now + SupervisionLimits.upgradeWait
        log.upgradeRequested(path)
        showQueued()
    }

    private func showQueued() {
        children.board.show(.queued, generation: children.generation.number + 1)
    }

    /// Begins what can be begun, and gives up what takes too long; called in every round of the loop.
    func advance(isIdle: Bool, isReloading: Bool, at now: MonotonicTime) {
        // The end of a roll that it waited for is not its own.
        if deadline != nil, !isReloading, children.board.outcome != .queued { showQueued() }
        if let rehearsing, now >= rehearsing.deadline {
            _ = try? rehearsing.process.signal(SIGKILL)
            refuse("the new program did not show within \(SupervisionLimits.rehearsal) that it can start", at: now)
        }
        guard isWanted || isRehearsed, rehearsing == nil else { return }
        // Nothing rolls, no worker comes or goes, and nobody waits for an answer.
        if isIdle, children.areAllSteady {
            if isRehearsed { takeOver(at: now) } else { rehearse(at: now) }
        } else if let wantedBy, now >= wantedBy {
            refuse("workers still come or go", at: now)
        }
    }

    /// The rehearsal has ended: well, so that the new program takes over now, or not.
    func rehearsed(at now: MonotonicTime) throws(SystemError) {
        guard let rehearsing, let status = try rehearsing.process.reap() else { return }
        self.rehearsing = nil
        // Any program might exit with 0.
        guard status == .exited(0), try rehearsing.channel.receive() == .message(.ready) else {
            return refuse("the new program cannot start: \(status.description); the log has its words", at: now)
        }
        isWanted = false
        isRehearsed = true
        wantedBy = now + SupervisionLimits.upgradeWait
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
                adding: (resources.notify?.variables ?? [:]).merging([Self.variable: "\(memory)"]) { $1 })
        } catch {
            refuse(error.description, at: now)
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
                executable: path, arguments: arguments, descriptors: [memory, handover.scoreboard, number])
            let process = try withExtendedLifetime(theirs) { () throws(SystemError) in try spawn.start() }
            rehearsing = Rehearsal(process: process, channel: ours, deadline: now + SupervisionLimits.rehearsal)
        } catch {
            refuse(error.description, at: now)
        }
    }

    private func refuse(_ reason: String, at now: MonotonicTime) {
        rehearsing = nil
        isWanted = false
        isRehearsed = false
        wantedBy = nil
        log.upgradeRefused(reason)
        children.board.show(.refused, generation: children.generation.number + 1, message: reason)
    }

    private func handover() -> Handover {
        var handover = Handover(
            generation: children.generation.number, workersWanted: children.workersWanted,
            workersConfigured: children.generation.workers, scoreboard: children.board.descriptor.number,
            scoreboardReadOnly: children.board.readOnlyDescriptor.number, admin: resources.admin.descriptor.number,
            control: resources.control.descriptor, configuration: children.generation.memory.number,
            program: resources.program)
        handover.listeners = children.generation.listeners.handover
        handover.processes = children.handover
        return handover
    }
}

extension Handover {
    /// What a predecessor left, taken out of the environment; nil when there is none.
    ///
    /// Throws a `StartError` with 70 when it is not there or cannot be read.
    static func take() throws(StartError) -> Handover? {
        guard let text = Environment.value(Upgrade.variable) else { return nil }
        defer { Environment.remove([Upgrade.variable]) }
        let handover = try read(text)
        if let number = Int32(text) { _ = Descriptor(owning: number) }
        return handover
    }

    /// What the program that comes back ran with, since the file may be what its successor could not start with; nil for
    /// every other program.
    package static var configurationToReturnTo: [UInt8]? {
        guard Environment.value(Upgrade.failure) != nil, let text = Environment.value(Upgrade.variable),
            let handover = try? read(text)
        else { return nil }
        return try? ConfigurationMemory.read(from: handover.configuration)
    }

    /// Lets the program before come back, where there is one: this one cannot even begin.
    package static func giveWay(_ arguments: [String], because reason: String) {
        guard Environment.value(Upgrade.rehearsal) == nil, let handover = try? take() else { return }
        handover.fallBack(arguments, because: reason, adding: [:])
    }

    private static func read(_ text: String) throws(StartError) -> Handover {
        do throws(SystemError) {
            guard let number = Int32(text) else { throw SystemError("use as handover", "'\(text)'", EINVAL) }
            let bytes = try ConfigurationMemory.read(from: number)
            if let handover = Handover(decoding: String(decoding: bytes, as: UTF8.self)) { return handover }
            throw SystemError("understand", "the handover of the program that runs", EPROTO)
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
    }

    /// The same with descriptors of its own, so that those of the program before stay open until it is not needed any more.
    func duplicated() throws(StartError) -> Handover {
        do throws(SystemError) {
            return try mapped { (number) throws(SystemError) in
                let copy = dup(number)
                guard copy >= 0 else { throw SystemError("duplicate", "descriptor \(number)") }
                return copy
            }
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
    }

    /// Closes everything that it names: the program before will not come back.
    func close() {
        for number in descriptors { _ = Descriptor(owning: number) }
    }

    /// Says on the channel that this program could take over: it can read what the other one writes on the scoreboard.
    func rehearse(_ channel: String) throws(StartError) {
        do throws(ScoreboardError) {
            _ = try Scoreboard.map(descriptor: scoreboard)
        } catch {
            throw StartError(exitCode: 70, description: "\(error): restart the daemon instead")
        }
        do throws(SystemError) {
            guard let number = Int32(channel) else {
                throw SystemError("use as control channel", "'\(channel)'", EINVAL)
            }
            _ = try ControlChannel(adopting: number).send(.ready)
        } catch {
            throw StartError(exitCode: 70, description: error.description)
        }
    }

    /// Lets the program that handed over come back; returns when it cannot.
    func fallBack(_ arguments: [String], because reason: String, adding variables: [String: String]) {
        guard program >= 0, Environment.value(Upgrade.failure) == nil,
            let memory = try? ConfigurationMemory.create(Array(encoded.utf8)).handOn()
        else { return }
        let added = variables.merging([Upgrade.variable: "\(memory)", Upgrade.failure: reason]) { $1 }
        do throws(SystemError) {
            try Replacement.run(
                "/proc/self/fd/\(program)", arguments: arguments, keeping: descriptors + [memory], adding: added)
        } catch {
            // There is nobody left to try.
        }
    }
}
