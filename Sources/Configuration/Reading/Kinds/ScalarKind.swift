import Base
import FanOut
import HTTP

/// What a scalar must be: how a message says it, and how its text is read.
struct ScalarKind<Value>: Sendable {
    /// What is wanted where no scalar stands at all.
    let wanted: String
    /// As the reference calls it.
    let type: String
    /// In JSON Schema, as far as that can say it.
    let schema: JSONTree
    /// A value as a file writes it.
    let text: @Sendable (Value) -> String
    let parse: @Sendable (String) throws(Refusal) -> Value

    init(
        wanted: String, type: String = "text", schema: JSONTree = .anyText,
        text: @escaping @Sendable (Value) -> String = { "\($0)" },
        parse: @escaping @Sendable (String) throws(Refusal) -> Value
    ) {
        self.wanted = wanted
        self.type = type
        self.schema = schema
        self.text = text
        self.parse = parse
    }
}

extension ScalarKind where Value == Duration {
    /// Longer than zero and at most a day.
    static var duration: Self {
        let wanted = "a duration such as 300ms, 2s or 1m"
        return ScalarKind(wanted: wanted, type: "duration", schema: .duration, text: { $0.configurationText }) {
            text throws(Refusal) in
            guard let nanoseconds = Quantity.duration.parse(text) else { throw Refusal(wanted: wanted) }
            guard (1...Bounds.duration.wholeNanoseconds).contains(nanoseconds) else {
                throw Refusal(wanted: "a duration longer than zero and at most 24h")
            }
            return .nanoseconds(Int64(nanoseconds))
        }
    }
}

extension ScalarKind where Value == Int {
    /// Bytes, at least one.
    static func size(upTo limit: Int) -> Self {
        let wanted = "a size such as 512B, 16KiB or 10MiB"
        return ScalarKind(
            wanted: wanted, type: "size, to \(Quantity.size.text(UInt64(limit)))", schema: .size(upTo: limit),
            text: { Quantity.size.text(UInt64($0)) }
        ) { text throws(Refusal) in
            guard let bytes = Quantity.size.parse(text) else { throw Refusal(wanted: wanted) }
            guard bytes >= 1, bytes <= limit else {
                throw Refusal(wanted: "a size from 1B to \(Quantity.size.text(UInt64(limit)))")
            }
            return Int(bytes)
        }
    }

    static func count(_ range: ClosedRange<Int>) -> Self {
        let wanted = "a number from \(range.lowerBound) to \(range.upperBound)"
        return ScalarKind(wanted: wanted, type: "\(range.lowerBound) to \(range.upperBound)", schema: .integer(range)) {
            text throws(Refusal) in
            guard let count = Int(text), range.contains(count) else { throw Refusal(wanted: wanted) }
            return count
        }
    }
}

extension ScalarKind where Value == Bool {
    /// The booleans of YAML 1.2 (section 10.3.2).
    static var boolean: Self {
        let wanted = "true or false"
        return ScalarKind(wanted: wanted, type: "boolean", schema: .truth) { text throws(Refusal) in
            switch text {
            case "true", "True", "TRUE": true
            case "false", "False", "FALSE": false
            default: throw Refusal(wanted: wanted)
            }
        }
    }
}

extension ScalarKind where Value == WorkerCount {
    static var workers: Self {
        let wanted = "auto or a number from 1 to \(Bounds.workers)"
        return ScalarKind(
            wanted: wanted, type: "`auto` or 1 to \(Bounds.workers)",
            schema: .either([.words(["auto"]), .integer(1...Bounds.workers)])
        ) { text throws(Refusal) in
            if text == "auto" { return .auto }
            guard let count = Int(text), (1...Bounds.workers).contains(count) else { throw Refusal(wanted: wanted) }
            return .fixed(count)
        }
    }
}

extension ScalarKind where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    private static func listed(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        return quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
    }

    /// One of the words of an enumeration.
    static var word: Self {
        let words = Value.allCases.map(\.rawValue)
        let wanted = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        return ScalarKind(wanted: wanted, type: Self.listed(words), schema: .words(words), text: { $0.rawValue }) {
            text throws(Refusal) in
            guard let value = Value(rawValue: text) else {
                throw Refusal(wanted: wanted, hint: NearestName.hint(for: text, among: words))
            }
            return value
        }
    }
}

extension ScalarKind where Value == String {
    /// A name that may stand in header fields, as a key of JSON and in metrics (a token of RFC 9110 section 5.6.2).
    static var name: Self {
        let wanted = "a name of letters, digits, '-', '_' and '.'"
        return ScalarKind(wanted: wanted, type: "name", schema: .pattern(#"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"#)) {
            text throws(Refusal) in
            guard !text.isEmpty, text.utf8.allSatisfy(isTokenByte) else { throw Refusal(wanted: wanted) }
            return text
        }
    }

    /// Any text that is not empty.
    static func text(_ wanted: String) -> Self {
        ScalarKind(wanted: wanted) { text throws(Refusal) in
            guard !text.isEmpty else { throw Refusal(wanted: wanted) }
            return text
        }
    }

    /// The absolute path of a unix socket.
    static var socketPath: Self {
        ScalarKind(wanted: "the absolute path of a socket", type: "path", schema: .pattern("^/.*[^/]$")) {
            text throws(Refusal) in
            do throws(AddressError) {
                try ListenAddress.checkSocketPath(text)
            } catch {
                throw Refusal(wanted: "the absolute path of a socket", hint: "; \(error.message)")
            }
            return text
        }
    }

    /// The absolute path of a file, which is not looked at.
    static var filePath: Self {
        let wanted = "the absolute path of a file"
        return ScalarKind(wanted: wanted, type: "path", schema: .pattern("^/.*[^/]$")) { text throws(Refusal) in
            guard text.hasPrefix("/"), !text.hasSuffix("/"), !text.utf8.contains(0) else {
                throw Refusal(wanted: wanted)
            }
            return text
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension ScalarKind where Value == ClosedRange<Int> {
    /// A status that an upstream answers with, or a range of them.
    static var statuses: Self {
        let valid = StatusSet.valid
        let wanted =
            "a status such as 200, a range such as 200-299 or a list of them, "
            + "from \(valid.lowerBound) to \(valid.upperBound)"
        return ScalarKind(wanted: wanted, schema: .either([.integer(valid), .pattern("^[0-9]{3}(-[0-9]{3})?$")])) {
            text throws(Refusal) in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
            let statuses = ends.compactMap { $0.utf8.count == 3 ? Int($0) : nil }
            guard (1...2).contains(ends.count), statuses.count == ends.count, let first = statuses.first,
                let last = statuses.last, first <= last, valid.contains(first), valid.contains(last)
            else { throw Refusal(wanted: wanted) }
            return first...last
        }
    }
}

extension ScalarKind where Value == URLPattern {
    /// A pattern that a URL of a batch may match.
    static var urlPattern: Self {
        let wanted = "a pattern that starts with http:// or https://, such as http://127.0.0.1:*"
        return ScalarKind(wanted: wanted, schema: .pattern("^[Hh][Tt][Tt][Pp][Ss]?://")) { text throws(Refusal) in
            do throws(URLError) {
                return try URLPattern(text)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)")
            }
        }
    }
}

extension ScalarKind where Value == ListenAddress {
    static var listenAddress: Self {
        let wanted = "HOST:PORT, [V6]:PORT or unix:/PATH"
        return ScalarKind(wanted: wanted, type: "address", schema: .pattern("^unix:/.+$|:[0-9]+$")) {
            text throws(Refusal) in
            do throws(AddressError) {
                return try ListenAddress(text)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)")
            }
        }
    }
}

extension ScalarKind where Value == ServerAddress {
    static var server: Self {
        let wanted = "a URL such as http://127.0.0.1:9001"
        return ScalarKind(wanted: wanted, type: "URL", schema: .pattern("^([Ss][Rr][Vv][+])?[Hh][Tt][Tt][Pp][Ss]?://"))
        { text throws(Refusal) in
            do throws(AddressError) {
                return try ServerAddress(text)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)")
            }
        }
    }
}

extension ScalarKind where Value == PathTemplate {
    static var pathTemplate: Self {
        let wanted = "a path such as /page/{id}"
        return ScalarKind(wanted: wanted, type: "path", schema: .pattern("^/")) { text throws(Refusal) in
            do throws(TextError) {
                return try PathTemplate(text)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)", offset: error.offset)
            }
        }
    }
}

extension ScalarKind where Value == TargetTemplate {
    /// The path and query of a call, which may use the parameters of its route's path.
    static func target(_ names: Reference.Names) -> Self {
        let wanted = "a path such as /users/{id}"
        return ScalarKind(wanted: wanted, type: "template", schema: .pattern("^/")) { text throws(Refusal) in
            do throws(TextError) {
                return try TargetTemplate(text, names)
            } catch {
                throw Refusal(wanted: wanted, hint: "; \(error.message)", offset: error.offset)
            }
        }
    }
}
