/// Prometheus' text format 0.0.4 as a scraper reads it; what it would refuse or complain of is thrown.
struct Exposition {
    struct Malformed: Error { let line: String }

    struct Family {
        var kind = ""
        var samples: [Sample] = []
    }

    struct Sample {
        /// The name without the family's: `_bucket`, `_sum`, `_count`, or nothing.
        var suffix = ""
        var labels: [String: String] = [:]
        var value = 0.0
    }

    private(set) var families: [String: Family] = [:]
    private var name = ""

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(line: "no newline at the end") }
        var help: Substring = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, families[String(words[2])] == nil else { throw Malformed(line: String(line)) }
                help = words[2]
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, words[2] == help, ["counter", "gauge", "histogram"].contains(words[3]),
                    Self.isName(words[2]), words[2].hasSuffix("_total") == (words[3] == "counter")
                else { throw Malformed(line: String(line)) }
                name = String(help)
                families[name] = Family(kind: String(words[3]))
            } else {
                let sample = try sample(line)
                families[name]?.samples.append(sample)
            }
        }
    }

    /// The value of the one sample with these labels.
    func value(_ name: String, _ labels: [String: String] = [:], suffix: String = "") -> Double? {
        let found = families[name]?.samples.filter { $0.labels == labels && $0.suffix == suffix } ?? []
        return found.count == 1 ? found[0].value : nil
    }

    private func sample(_ line: Substring) throws -> Sample {
        guard line.hasPrefix(name), !name.isEmpty else { throw Malformed(line: String(line)) }
        var rest = line.dropFirst(name.count)
        var sample = Sample()
        sample.suffix = String(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(sample.suffix.count)
        let suffixes = families[name]?.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(sample.suffix) else { throw Malformed(line: String(line)) }
        if rest.first == "{" { sample.labels = try Self.labels(&rest) }
        guard rest.first == " ", let value = Double(rest.dropFirst()), value.isFinite, value >= 0 else {
            throw Malformed(line: String(line))
        }
        sample.value = value
        let isRepeated = families[name]?.samples.contains {
            $0.suffix == sample.suffix && $0.labels == sample.labels
        }
        guard isRepeated == false else { throw Malformed(line: String(line)) }
        return sample
    }

    /// Takes `{a="b",c="d"}` off the front.
    private static func labels(_ text: inout Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        repeat {
            text = text.dropFirst()
            let name = text.prefix { $0 != "=" }
            text = text.dropFirst(name.count)
            guard isName(name), labels[String(name)] == nil, text.hasPrefix("=\"") else {
                throw Malformed(line: String(text))
            }
            text = text.dropFirst(2)
            labels[String(name)] = try value(&text)
        } while text.first == ","
        guard text.first == "}" else { throw Malformed(line: String(text)) }
        text = text.dropFirst()
        return labels
    }

    private static func value(_ text: inout Substring) throws -> String {
        var value = ""
        while let character = text.popFirst() {
            switch character {
            case "\"": return value
            case "\\":
                guard let escaped = text.popFirst(), let plain = ["n": "\n", "\\": "\\", "\"": "\""][escaped] else {
                    throw Malformed(line: "an unknown escape in \(value)")
                }
                value.append(plain)
            default: value.append(character)
            }
        }
        throw Malformed(line: "a value without end")
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    }
}
