import Base

/// Bodies as an upstream would answer with, the same in every run.
struct Bodies {
    private var random = SplitMix64(seed: 1)

    /// A page of records of about so many bytes; `gap` stands behind commas and colons, as some encoders write it.
    mutating func page(_ call: Int, bytes: Int, gap: String) -> [UInt8] {
        var records: [UInt8] = []
        records.reserveCapacity(bytes + 1_024)
        while records.count < bytes {
            if !records.isEmpty { records.append(contentsOf: ",\(gap)".utf8) }
            records.append(contentsOf: record(gap).utf8)
        }
        let head =
            "{\"call\(call)\":\(gap){\"page\":\(gap)1},\(gap)\"total\":\(gap)\(call),\(gap)\"items\(call)\":\(gap)["
        return Array(head.utf8) + records + Array("],\(gap)\"next\":\(gap)null}".utf8)
    }

    private mutating func record(_ gap: String) -> String {
        let fields = [
            "\"id\":\(gap)\(below(10_000_000))", "\"name\":\(gap)\"\(pick(Self.names)) \(pick(Self.names))\"",
            "\"email\":\(gap)\"user\(below(100_000))@example.org\"",
            "\"active\":\(gap)\(pick(["true", "false", "null"]))",
            "\"score\":\(gap)\(below(1_000)).\(below(100))", "\"weight\":\(gap)-\(below(9)).\(below(9))e-\(below(20))",
            "\"tags\":\(gap)[\(tags(gap))]", "\"note\":\(gap)\"\(pick(Self.notes))\"",
            "\"address\":\(gap){\"city\":\(gap)\"\(pick(Self.cities))\",\(gap)\"zip\":\(gap)\"\(below(99_999))\",\(gap)"
                + "\"geo\":\(gap){\"lat\":\(gap)\(below(90)).\(below(1_000_000)),\(gap)\"lon\":\(gap)-\(below(180)).5}}",
            "\"created\":\(gap)\"2026-0\(1 + below(9))-1\(below(10))T0\(below(10)):00:00Z\"",
        ]
        return "{" + fields.joined(separator: ",\(gap)") + "}"
    }

    private mutating func tags(_ gap: String) -> String {
        (0..<below(5)).map { _ in "\"\(pick(Self.names).lowercased())\"" }.joined(separator: ",\(gap)")
    }

    /// Plain text with line ends and quotes, a little of it beyond ASCII.
    mutating func prose(bytes: Int) -> [UInt8] {
        var text: [UInt8] = []
        while text.count < bytes {
            text.append(
                contentsOf: "\(pick(Self.names)) said \"\(pick(Self.names))\" when \(pick(Self.cities)) and the ".utf8)
            text.append(contentsOf: "harbour lay quiet, as on every morning of that long and warm summer.\n".utf8)
        }
        return text
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private mutating func pick(_ choices: [String]) -> String { choices[below(choices.count)] }

    private static let names = [
        "Ada", "Grace", "Edsger", "Barbara", "Donald", "Zoë", "José", "Frances", "Tony", "Leslie",
    ]
    private static let cities = ["Köln", "Lyon", "東京", "Oslo", "São Paulo", "Austin", "Wien", "Київ"]
    private static let notes = [
        "", "a \\\"quoted\\\" word", "first line\\nsecond line", "C:\\\\Temp\\\\x", "nothing to say about this one",
        "called twice, will call again on Monday morning", "\\u00e9t\\u00e9", "see https://example.org/a/b?c=d",
    ]
}
