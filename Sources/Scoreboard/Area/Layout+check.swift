extension Layout {
    /// Reads the header behind a descriptor, without mapping it, and compares it with this program's.
    static func check(descriptor: Int32) throws(ScoreboardError) -> Layout {
        let size = try SharedArea.sealedSize(of: descriptor)
        let expectedFields = Layout(slots: 1).header.count
        let found = try SharedArea.readWords(expectedFields, from: descriptor)
        guard found.count == expectedFields, found.first == magic else {
            throw ScoreboardError.foreign(
                descriptor: descriptor, found: "a memory file of \(size) bytes that does not begin as one")
        }
        let slots = min(found[slotsField], UInt64(ScoreboardLimits.workerSlots))
        let layout = Layout(slots: Int(slots))
        for (value, expected) in zip(found, layout.header) where value != expected.value {
            throw ScoreboardError.layout(field: expected.field, found: value, expected: expected.value)
        }
        guard size == layout.byteCount else {
            throw ScoreboardError.layout(
                field: "the file's size in bytes", found: UInt64(size), expected: UInt64(layout.byteCount))
        }
        return layout
    }
}
