package import FanOut

/// One log line under construction: a JSON object whose members stand in the order they were added.
package struct LogLine: Sendable {
    private var text: String

    /// Begins with `time` (RFC 3339), `level` and `event`.
    package init(time: String, level: LogLevel, event: String) {
        text = "{\"time\":\(Self.quoted(time)),\"level\":\"\(level.rawValue)\",\"event\":\(Self.quoted(event))"
    }

    /// Adds a text.
    package mutating func add(_ key: String, _ value: String) {
        text += ",\(Self.quoted(key)):\(Self.quoted(value))"
    }

    /// Adds a value that is JSON already.
    package mutating func add(_ key: String, raw json: String) {
        text += ",\(Self.quoted(key)):\(json)"
    }

    /// Adds a whole number.
    package mutating func add(_ key: String, _ value: Int) {
        text += ",\(Self.quoted(key)):\(value)"
    }

    /// The finished line with its line end.
    package var json: String { text + "}\n" }

    /// A JSON string, RFC 8259 section 7: quotation mark, backslash and control characters escaped.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
