import JSON

/// How a line of JSON leaves for whoever reads it: as it is or as text, with or without a priority before it.
///
/// Every line of ours begins its way as a JSON object; only here it becomes something else.
package struct LogForm: Sendable, Equatable {
    /// Its members as `key=value` for people, in place of JSON.
    package var isText: Bool
    /// The journal reads `<N>` before a line as its priority (sd-daemon(3)), and takes it off.
    package var hasPriority: Bool

    package init(isText: Bool = false, hasPriority: Bool = false) {
        self.isText = isText
        self.hasPriority = hasPriority
    }

    /// The form for a reader.
    package init(_ format: LogFormat, isTerminal: Bool, isJournal: Bool) {
        isText =
            switch format {
            case .auto: isTerminal
            case .json: false
            case .text: true
            }
        hasPriority = isJournal
    }

    /// Whether lines leave as they are.
    package var isPlain: Bool { self == LogForm() }

    /// A line of JSON in this form, with its end; what is no object stays as it is.
    package func render(_ line: [UInt8], _ level: LogLevel) -> [UInt8] {
        guard !isPlain else { return line }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count + 4)
        if hasPriority { bytes.append(contentsOf: "<\(level.priority)>".utf8) }
        guard isText, let members = Self.members(of: line) else { return bytes + line }
        Self.append(members, of: line, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// The level that a line of JSON names; nil when the line is no JSON object.
    ///
    /// One that names none is for information.
    package static func level(of line: [UInt8]) -> LogLevel? {
        guard let members = members(of: line) else { return nil }
        guard let level = members.first(where: { line[$0.key].elementsEqual("\"level\"".utf8) }) else { return .info }
        return LogLevel(rawValue: String(decoding: line[level.value].dropFirst().dropLast(), as: UTF8.self)) ?? .info
    }

    private static func members(of line: [UInt8]) -> [JSONScanner.Member]? {
        line.withUnsafeBufferPointer { text in
            if case .object(let members) = try? JSONScanner.document(text) { members } else { nil }
        }
    }

    /// Time, level and event stand without their names, the others as `key=value`.
    private static func append(_ members: [JSONScanner.Member], of line: [UInt8], to bytes: inout [UInt8]) {
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(0x20) }
            let key = line[member.key].dropFirst().dropLast()
            let value = line[member.value]
            if key.elementsEqual("level".utf8) {
                let word = value.dropFirst().dropLast()
                bytes.append(contentsOf: String(decoding: word, as: UTF8.self).uppercased().utf8)
                // As wide as the longest, so that events stand in a column.
                bytes.append(contentsOf: repeatElement(0x20, count: max(0, 7 - word.count)))
                continue
            }
            if !key.elementsEqual("time".utf8), !key.elementsEqual("event".utf8) {
                bytes.append(contentsOf: key)
                bytes.append(UInt8(ascii: "="))
            }
            bytes.append(contentsOf: isWord(value) ? value.dropFirst().dropLast() : value)
        }
    }

    /// Whether a value is a string that needs neither quotes nor escapes to be told from what is around it.
    private static func isWord(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.first == UInt8(ascii: "\""), value.count > 2 else { return false }
        return value.dropFirst().dropLast().allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"\"\\=".utf8.contains(byte)
        }
    }
}
