/// The last slow and failed requests of one worker, each a JSON record, where its death does not reach.
package struct RequestRing: Sendable {
    /// Records that are kept.
    static let capacity = 64
    static let wordCount = 8 + capacity * PublishedRecord<RequestRecord>.wordCount

    private let memory: SharedWords

    /// - Parameter memory: From the ring's first word, the number of records that were ever added.
    init(_ memory: SharedWords) {
        self.memory = memory
    }

    /// Keeps a record; the oldest goes.
    ///
    /// Only the worker that has the row may call this.
    package func add(_ json: [UInt8]) {
        let number = memory.load(0)
        record(number).publish(RequestRecord(json: String(decoding: json, as: UTF8.self)))
        memory.store(number &+ 1, at: 0)
    }

    /// The records, the newest first.
    var all: [String] {
        let count = memory.load(0)
        let first = count - min(count, UInt64(Self.capacity))
        return (first..<count).reversed().compactMap { record($0).read()?.json }
    }

    private func record(_ number: UInt64) -> PublishedRecord<RequestRecord> {
        let place = Int(number % UInt64(Self.capacity))
        return PublishedRecord(
            memory, at: 8 + place * PublishedRecord<RequestRecord>.wordCount)
    }
}

/// A request as its worker wrote it down, as JSON.
struct RequestRecord: Record, Equatable {
    static let capacity = RecordWriter.textWords(bytes: ScoreboardLimits.requestRecordBytes)

    let json: String

    init(json: String) { self.json = json }

    init(from reader: inout RecordReader) {
        json = reader.text(limit: ScoreboardLimits.requestRecordBytes)
    }

    func encode(into writer: inout RecordWriter) {
        writer.put(json, limit: ScoreboardLimits.requestRecordBytes)
    }
}
