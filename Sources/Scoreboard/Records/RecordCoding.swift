/// A value that fits into a fixed number of 64-bit words, to be published in shared memory.
///
/// The order of the fields in `init(from:)` and `encode(into:)` is the layout; changing it changes `Layout.version`.
protocol Record: Sendable {
    /// The words that the largest such value takes.
    static var capacity: Int { get }

    /// Takes the fields back in the order in which `encode` put them.
    init(from reader: inout RecordReader)
    /// Puts the fields, at most `capacity` words.
    func encode(into writer: inout RecordWriter)
}

/// Turns a record's fields into words.
struct RecordWriter {
    /// The words put so far.
    private(set) var words: [UInt64] = []

    /// The words that a text of at most `bytes` bytes takes: its length and its bytes.
    static func textWords(bytes: Int) -> Int { 1 + (bytes + 7) / 8 }

    /// Puts a number.
    mutating func put(_ number: UInt64) { words.append(number) }

    /// Puts a number that may be negative.
    mutating func put(_ number: Int) { words.append(UInt64(bitPattern: Int64(number))) }

    /// Puts the text, cut to the last whole character that ends within `limit` bytes.
    mutating func put(_ text: String, limit: Int) {
        var bytes = Array(text.utf8.prefix(limit))
        if bytes.count < text.utf8.count {
            bytes.removeLast(bytes.count - Self.wholeCharacters(of: bytes))
        }
        let end = words.count + Self.textWords(bytes: limit)
        words.append(UInt64(bytes.count))
        for start in stride(from: 0, to: bytes.count, by: 8) {
            let chunk = bytes[start..<min(start + 8, bytes.count)]
            words.append(chunk.reversed().reduce(0) { ($0 << 8) | UInt64($1) })
        }
        words.append(contentsOf: repeatElement(0, count: end - words.count))
    }

    /// The length of `bytes` without a UTF-8 sequence that is cut off at its end.
    private static func wholeCharacters(of bytes: [UInt8]) -> Int {
        guard let lead = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return 0 }
        let needed = bytes[lead] < 0x80 ? 1 : bytes[lead] < 0xE0 ? 2 : bytes[lead] < 0xF0 ? 3 : 4
        return lead + needed <= bytes.count ? bytes.count : lead
    }
}

/// Reads a record's fields in the order in which they were put.
struct RecordReader {
    private let words: [UInt64]
    private var position = 0

    init(_ words: [UInt64]) { self.words = words }

    /// The next number, zero when there is none.
    mutating func number() -> UInt64 {
        guard position < words.count else { return 0 }
        defer { position += 1 }
        return words[position]
    }

    /// The next number that may be negative.
    mutating func integer() -> Int { Int(truncatingIfNeeded: number()) }

    /// The next text, which was put with the same `limit`.
    mutating func text(limit: Int) -> String {
        let length = min(Int(clamping: number()), limit)
        let chunks = RecordWriter.textWords(bytes: limit) - 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunks * 8)
        for _ in 0..<chunks {
            let word = number()
            for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(byte * 8))) }
        }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }
}
