package import Base

/// What a supervisor leaves to the program that takes its place in the same process: everything that is open, and who runs.
///
/// As text, one line for each thing, so that another version can read it: a line that it does not know is passed over.
package struct Handover: Sendable, Hashable {
    /// Of the configuration in use.
    package var generation: Int
    /// How many workers there should be.
    package var workersWanted: Int
    /// How many the configuration in use asks for.
    package var workersConfigured: Int
    package var open: Open
    package var listeners: [Listener] = []
    package var processes: [Process] = []

    private static let firstLine = "gatewayd-handover 1"

    /// Every descriptor that it names.
    package var descriptors: [Int32] {
        open.all.filter { $0 >= 0 } + listeners.map(\.descriptor)
            + processes.flatMap { [$0.process, $0.channel] + ($0.words < 0 ? [] : [$0.words]) }
    }

    /// The same with every descriptor put through `copy`.
    package func mapped<Failure>(_ copy: (Int32) throws(Failure) -> Int32) throws(Failure) -> Handover {
        var other = self
        other.open.scoreboard = try copy(open.scoreboard)
        other.open.scoreboardReadOnly = try copy(open.scoreboardReadOnly)
        other.open.admin = try copy(open.admin)
        other.open.control = try copy(open.control)
        for index in listeners.indices { other.listeners[index].descriptor = try copy(listeners[index].descriptor) }
        for index in processes.indices {
            other.processes[index].process = try copy(processes[index].process)
            other.processes[index].channel = try copy(processes[index].channel)
            if processes[index].words >= 0 { other.processes[index].words = try copy(processes[index].words) }
        }
        return other
    }

    /// The text.
    package var encoded: String {
        var lines = [Self.firstLine]
        lines.append("state \(generation) \(workersWanted) \(workersConfigured)")
        lines.append("open " + open.all.map(String.init).joined(separator: " "))
        for one in listeners { lines.append("listener \(one.descriptor) \(one.isPassed ? 1 : 0) \(one.address)") }
        for one in processes {
            let place = one.place.map { "worker \($0.slot) \($0.row)" } ?? "admin 0 0"
            let run = "\(one.startedAt.nanoseconds) \(one.requestsBefore) \(UInt64(one.words + 1))"
            lines.append("process \(place) \(one.pid) \(one.process) \(one.channel) \(run)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Handover {
    /// Reads the text; nil when it is none, or one of a version that says other things.
    package init?(decoding text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.first == Self.firstLine else { return nil }
        var numbers: [String: [Int64]] = [:]
        var listeners: [Listener] = []
        var processes: [Process] = []
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            switch words[0] {
            case "listener":
                guard words.count == 4, let descriptor = Int32(words[1]) else { return nil }
                listeners.append(Listener(descriptor: descriptor, isPassed: words[2] == "1", address: words[3]))
            case "process":
                guard let process = Process(line) else { return nil }
                processes.append(process)
            default: numbers[words[0]] = line.split(separator: " ").dropFirst().compactMap { Int64($0) }
            }
        }
        guard let state = numbers["state"], state.count >= 3, let open = numbers["open"], open.count >= 6 else {
            return nil
        }
        let descriptors = open.map { Int32(truncatingIfNeeded: $0) }
        self.init(
            generation: Int(state[0]), workersWanted: Int(state[1]), workersConfigured: Int(state[2]),
            open: Open(
                scoreboard: descriptors[0], scoreboardReadOnly: descriptors[1], admin: descriptors[2],
                control: descriptors[3], configuration: descriptors[4], program: descriptors[5]),
            listeners: listeners, processes: processes)
    }
}

extension Handover.Process {
    /// Reads `process worker 0 1 PID PIDFD CHANNEL STARTED REQUESTS`, or the same with `admin`.
    fileprivate init?(_ line: String) {
        let parts = line.split(separator: " ").map(String.init)
        let numbers = parts.dropFirst(2).compactMap { UInt64($0) }
        guard parts.count >= 10, numbers.count == parts.count - 2,
            numbers.prefix(5).allSatisfy({ $0 <= UInt64(Int32.max) })
        else { return nil }
        switch parts[1] {
        case "worker": place = Handover.Place(slot: Int(numbers[0]), row: Int(numbers[1]))
        case "admin": place = nil
        default: return nil
        }
        pid = Int32(numbers[2])
        process = Int32(numbers[3])
        channel = Int32(numbers[4])
        startedAt = MonotonicTime(nanoseconds: numbers[5])
        requestsBefore = numbers[6]
        guard let words = Int32(exactly: numbers[7]) else { return nil }
        self.words = words - 1
    }
}

extension Handover {
    /// A socket of clients.
    package struct Listener: Sendable, Hashable {
        package var descriptor: Int32
        /// systemd passed it, so that it is not ours to close.
        package var isPassed: Bool
        /// The address of the configuration that it serves; empty for one that none names.
        package var address: String
    }

    /// A process that serves.
    package struct Process: Sendable, Hashable {
        /// The worker's slot and row; nil for the admin process.
        package var place: Place?
        package var pid: Int32
        /// Its pidfd.
        package var process: Int32
        /// The supervisor's end of its control channel.
        package var channel: Int32
        /// Where its standard error is read; -1 for none.
        package var words: Int32
        package var startedAt: MonotonicTime
        /// Requests that its row had counted before.
        package var requestsBefore: UInt64
    }

    /// A row of a slot.
    package struct Place: Sendable, Hashable {
        package var slot: Int
        package var row: Int
    }

    /// The descriptors of what there is one of.
    package struct Open: Sendable, Hashable {
        package var scoreboard: Int32
        package var scoreboardReadOnly: Int32
        package var admin: Int32
        package var control: Int32
        /// The sealed bytes of the configuration in use.
        package var configuration: Int32
        /// The program that hands over, open, so that it can come back; -1 for none.
        package var program: Int32

        /// In the order in which they are written.
        var all: [Int32] { [scoreboard, scoreboardReadOnly, admin, control, configuration, program] }
    }
}
