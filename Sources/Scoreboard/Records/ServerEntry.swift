/// A server of an upstream, by name.
struct ServerEntry: Record, Hashable {
    static let capacity = 1 + RecordWriter.textWords(bytes: ScoreboardLimits.serverURLBytes)

    /// The index of its upstream.
    var upstream: Int
    var url: String

    init(upstream: Int, url: String) {
        self.upstream = upstream
        self.url = url
    }

    init(from reader: inout RecordReader) {
        upstream = Int(clamping: reader.number())
        url = reader.text(limit: ScoreboardLimits.serverURLBytes)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(UInt64(upstream))
        writer.put(url, limit: ScoreboardLimits.serverURLBytes)
    }
}
