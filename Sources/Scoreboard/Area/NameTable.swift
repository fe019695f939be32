/// Names in the order in which they were first seen: the place of a name is its index in every slot.
///
/// Names are only ever added, by the supervisor; the count is raised after the name is there.
struct NameTable {
    private let memory: SharedWords
    /// The number of names.
    private let counter: Int
    /// The first name.
    private let first: Int
    /// How many there may be.
    private let room: Int

    private init(_ memory: SharedWords, counter: Int, first: Int, room: Int) {
        self.memory = memory
        self.counter = counter
        self.first = first
        self.room = room
    }

    /// Those of upstreams.
    static func upstreams(_ memory: SharedWords, _ layout: Layout) -> NameTable {
        NameTable(
            memory, counter: layout.upstreamCount, first: layout.upstreamName(0), room: ScoreboardLimits.upstreams)
    }

    /// The paths of routes.
    static func routes(_ memory: SharedWords, _ layout: Layout) -> NameTable {
        NameTable(memory, counter: layout.routeCount, first: layout.routeName(0), room: ScoreboardLimits.routes)
    }

    /// How many names there are.
    var count: Int { min(Int(clamping: memory.load(counter)), room) }

    /// All names, by index.
    var names: [String] { (0..<count).map { record($0).read()?.text ?? "" } }

    /// The index of a name, nil when it is not there.
    func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// The index of a name, which is added when it is not there; nil where there is no room for it.
    func add(_ name: String) -> Int? {
        if let index = index(of: name) { return index }
        let index = count
        guard index < room, (1...ScoreboardLimits.nameBytes).contains(name.utf8.count) else { return nil }
        record(index).publish(TableName(text: name))
        memory.store(UInt64(index + 1), at: counter)
        return index
    }

    private func record(_ index: Int) -> PublishedRecord<TableName> {
        PublishedRecord(memory, at: first + index * PublishedRecord<TableName>.wordCount)
    }
}
