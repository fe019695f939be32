import Base
import Glibc
import Processes
import Scoreboard

/// How a handover gets from one program to the next: a descriptor with its text, whose number is in the environment.
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
        return try? ConfigurationMemory.read(from: handover.open.configuration)
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
            _ = try Scoreboard.map(descriptor: open.scoreboard)
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
        guard open.program >= 0, Environment.value(Upgrade.failure) == nil,
            let memory = try? ConfigurationMemory.create(Array(encoded.utf8)).handOn()
        else { return }
        let added = variables.merging([Upgrade.variable: "\(memory)", Upgrade.failure: reason]) { $1 }
        do throws(SystemError) {
            try Replacement.run(
                "/proc/self/fd/\(open.program)", arguments: arguments, keeping: descriptors + [memory], adding: added)
        } catch {
            // There is nobody left to try.
        }
    }
}
