/// Memory of the last body that was merged on the loop, for the next one: malloc(3) keeps no list of blocks of that size.
struct KeptMemory {
    /// Memory of a larger body is not kept.
    private static let mostBytes = 16 << 10

    private var bytes: [UInt8] = []

    /// The memory, without what stood in it; there is none until some is given back.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        taken.removeAll(keepingCapacity: true)
        return taken
    }

    /// Takes a body's memory, for when nobody else has that any more.
    mutating func keep(_ body: [UInt8]) {
        if body.capacity <= Self.mostBytes { bytes = body }
    }
}
