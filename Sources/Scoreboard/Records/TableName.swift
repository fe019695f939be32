/// A name in a table that gives each its index.
struct TableName: Record, Equatable {
    static let capacity = RecordWriter.textWords(bytes: ScoreboardLimits.nameBytes)

    /// The name, at most `ScoreboardLimits.nameBytes`.
    let text: String

    init(text: String) { self.text = text }

    init(from reader: inout RecordReader) {
        text = reader.text(limit: ScoreboardLimits.nameBytes)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(text, limit: ScoreboardLimits.nameBytes)
    }
}
