/// The report of a worker that died otherwise than by plan: a JSON object, as `/stats` shows it.
package struct CrashEntry: Sendable, Equatable {
    package var json: String

    package init(json: String) {
        self.json = json
    }
}

extension CrashEntry: Record {
    static let capacity = RecordWriter.textWords(bytes: ScoreboardLimits.crashBytes)

    init(from reader: inout RecordReader) {
        json = reader.text(limit: ScoreboardLimits.crashBytes)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(json, limit: ScoreboardLimits.crashBytes)
    }
}
