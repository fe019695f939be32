import Base
import Processes

/// How children outlive the program that started them.
extension Children {
    /// Whether whoever runs serves, and nothing is on its way: the moment to hand over.
    var areAllSteady: Bool {
        all.allSatisfy { child in
            switch child.slot.state {
            // One whose channel has closed is about to end, and its end must not be missed.
            case .ready: child.channel != nil
            case .stopped, .held: true
            case .dead, .starting, .unresponsive, .draining: false
            }
        }
    }

    /// What the program that takes over is told of those that serve.
    var handover: [Handover.Process] {
        all.compactMap { child in
            guard let process = child.process, let channel = child.channel, let run = child.run else { return nil }
            let place: Handover.Place?
            switch child.role {
            case .worker(let slot, let row): place = Handover.Place(slot: slot, row: row)
            case .admin: place = nil
            case .companion: return nil
            }
            return Handover.Process(
                place: place, pid: process.pid, process: process.descriptor.number,
                channel: channel.descriptor.number, words: child.words?.descriptor.number ?? -1,
                startedAt: run.startedAt, requestsBefore: run.requestsBefore)
        }
    }

    /// Has admin and companions leave; their successors are started when they have.
    func replaceOthers(at now: MonotonicTime) {
        drain(workers: false, until: now + SupervisionLimits.lastDrain, at: now)
    }
}

extension Workers {
    /// Takes over the children of the program before; what did not run then is started.
    func takeOver(_ handover: Handover, at now: MonotonicTime) throws(SystemError) {
        let configured = children.generation.workers
        let wanted = handover.workersConfigured == configured ? handover.workersWanted : configured
        let places = handover.processes.compactMap(\.place)
        let rows = Dictionary(places.map { ($0.slot, $0.row) }) { first, _ in first }
        makeSlots(max(wanted, (places.map(\.slot).max() ?? -1) + 1), rows: rows)
        for process in handover.processes {
            guard let child = child(at: process.place) else { continue }
            child.process = try ChildProcess(pid: process.pid, adopting: process.process)
            child.channel = try ControlChannel(adopting: process.channel)
            if process.words >= 0 { child.words = ErrorOutput(adopting: process.words) }
            child.run = Child.Run(
                startedAt: process.startedAt, requestsBefore: process.requestsBefore,
                jitter: Double.random(in: 0..<1))
            children.handle(.adopted, child, at: now)
        }
        scale(to: wanted, at: now)
    }

    private func child(at place: Handover.Place?) -> Child? {
        guard let place else { return children.all.first { $0.role == .admin } }
        guard slots.indices.contains(place.slot) else { return nil }
        return slots[place.slot].children.first { $0.role == .worker(slot: place.slot, row: place.row) }
    }
}
