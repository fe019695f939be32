/// The names of upstreams in the order in which they were first seen: the place of a name is its index in every slot.
///
/// Names are only ever added, by the supervisor; the count is raised after the name is there.
struct UpstreamTable {
    private let memory: SharedWords
    private let layout: Layout

    init(_ memory: SharedWords, _ layout: Layout) {
        self.memory = memory
        self.layout = layout
    }

    /// How many names there are.
    var count: Int { min(Int(clamping: memory.load(layout.upstreamCount)), ScoreboardLimits.upstreams) }

    /// All names, by index.
    var names: [String] { (0..<count).map { record($0).read()?.text ?? "" } }

    /// The index of a name, nil when it is not there.
    func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// The index of a name, which is added when it is not there.
    func register(_ name: String) throws(ScoreboardError) -> Int {
        guard (1...ScoreboardLimits.upstreamNameBytes).contains(name.utf8.count) else {
            throw ScoreboardError.upstreamName(name)
        }
        if let index = index(of: name) { return index }
        let index = count
        guard index < ScoreboardLimits.upstreams else { throw ScoreboardError.upstreamsFull(name) }
        record(index).publish(UpstreamName(text: name))
        memory.store(UInt64(index + 1), at: layout.upstreamCount)
        return index
    }

    private func record(_ index: Int) -> PublishedRecord<UpstreamName> {
        PublishedRecord(memory, at: layout.upstreamName(index))
    }
}
