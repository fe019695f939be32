import JSON

/// One log line under construction: a JSON object whose members stand in the order they were added.
package struct LogLine: Sendable {
    private var text: String

    /// Begins with `time` (RFC 3339), `level` and `event`.
    package init(time: String, level: LogLevel, event: String) {
        text = "{\"time\":\(JSONText.quoted(time)),\"level\":\"\(level.rawValue)\",\"event\":\(JSONText.quoted(event))"
    }

    /// Adds a text.
    package mutating func add(_ key: String, _ value: String) {
        text += ",\(JSONText.quoted(key)):\(JSONText.quoted(value))"
    }

    /// Adds a value that is JSON already.
    package mutating func add(_ key: String, raw json: String) {
        text += ",\(JSONText.quoted(key)):\(json)"
    }

    /// Adds a whole number.
    package mutating func add(_ key: String, _ value: Int) {
        text += ",\(JSONText.quoted(key)):\(value)"
    }

    /// The finished line with its line end.
    package var json: String { text + "}\n" }
}
