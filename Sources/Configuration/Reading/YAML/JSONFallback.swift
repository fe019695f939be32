import Base
import FanOut
import JSON

/// The JSON text of a YAML value (RFC 8259), its types by the core schema of YAML 1.2 (section 10.3.2).
enum JSONFallback {
    /// Nil: JSON cannot express it, which is reported, or an error in it is reported already.
    static func text(of value: YAMLValue, _ problems: inout Problems) -> [UInt8]? {
        var output: [UInt8] = []
        return append(value, to: &output, &problems) ? output : nil
    }

    /// The same with templates in its strings, keys excepted.
    static func template(of value: YAMLValue, _ names: Reference.Names, _ problems: inout Problems) -> JSONTemplate? {
        var pieces: [JSONTemplate.Piece] = []
        var literal: [UInt8] = []
        let isWhole = append(value, to: &literal, &problems) { scalar, literal, problems in
            guard scalar.text.utf8.contains(UInt8(ascii: "{")) || scalar.text.utf8.contains(UInt8(ascii: "}")) else {
                return false
            }
            do throws(TextError) {
                let template = try TextTemplate(scalar.text, names)
                pieces += [.literal(literal), .string(template)]
                literal = []
            } catch {
                problems.error("a string of 'body': \(error.message)", at: value.place)
            }
            return true
        }
        pieces.append(.literal(literal))
        return isWhole ? JSONTemplate(pieces: pieces) : nil
    }

    /// Appends a scalar by itself, and says so.
    private typealias Scalars = (YAMLValue.Scalar, inout [UInt8], inout Problems) -> Bool

    private static func append(
        _ value: YAMLValue, to output: inout [UInt8], _ problems: inout Problems,
        scalars: Scalars = { _, _, _ in false }
    ) -> Bool {
        var isWhole = true
        switch value.content {
        case .invalid:
            return false
        case .scalar(let scalar):
            return scalars(scalar, &output, &problems) || append(scalar, of: value, to: &output, &problems)
        case .sequence(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                isWhole = append(value, to: &output, &problems, scalars: scalars) && isWhole
            }
            output.append(UInt8(ascii: "]"))
        case .mapping(let entries):
            output.append(UInt8(ascii: "{"))
            for (index, entry) in entries.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                JSONText.append(string: entry.key, to: &output)
                output.append(UInt8(ascii: ":"))
                isWhole = append(entry.value, to: &output, &problems, scalars: scalars) && isWhole
            }
            output.append(UInt8(ascii: "}"))
        }
        return isWhole
    }

    private static func append(
        _ scalar: YAMLValue.Scalar, of value: YAMLValue, to output: inout [UInt8], _ problems: inout Problems
    ) -> Bool {
        guard scalar.isPlain else {
            JSONText.append(string: scalar.text, to: &output)
            return true
        }
        switch scalar.text {
        case "", "~", "null", "Null", "NULL":
            output += Array("null".utf8)
        case "true", "True", "TRUE":
            output += Array("true".utf8)
        case "false", "False", "FALSE":
            output += Array("false".utf8)
        case let text where isUnspeakable(text):
            problems.error("JSON has no number such as '\(text)'; quote it to mean a string", at: value.place)
            return false
        default:
            if let number = number(scalar.text) {
                output += Array(number.utf8)
            } else {
                JSONText.append(string: scalar.text, to: &output)
            }
        }
        return true
    }

    /// Infinity, not-a-number, and integers in another base that are larger than 64 bits.
    private static func isUnspeakable(_ text: String) -> Bool {
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
        if [".inf", ".Inf", ".INF"].contains(unsigned) || [".nan", ".NaN", ".NAN"].contains(text) { return true }
        return based(text).map { $0 == nil } ?? false
    }

    /// The outer nil: no such number; the inner one: it does not fit.
    private static func based(_ text: String) -> UInt64?? {
        let radix = text.hasPrefix("0x") ? 16 : text.hasPrefix("0o") ? 8 : 0
        let digits = text.dropFirst(2)
        guard radix > 0, !digits.isEmpty, digits.utf8.allSatisfy({ $0 < 0x80 }),
            digits.allSatisfy({ $0.hexDigitValue.map { $0 < radix } ?? false })
        else { return nil }
        return .some(UInt64(digits, radix: radix))
    }

    /// The same number as JSON writes it, digit for digit, so that no precision is lost; nil when it is no number.
    private static func number(_ text: String) -> String? {
        if let value = based(text) { return value.map(String.init) }
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let mark = rest.first {
            var exponent = rest.dropFirst()
            if exponent.first == UInt8(ascii: "-") || exponent.first == UInt8(ascii: "+") {
                exponent = exponent.dropFirst()
            }
            guard mark | 0x20 == UInt8(ascii: "e"), !exponent.isEmpty, exponent.allSatisfy(isDigit) else { return nil }
        }
        let digits = whole.drop { $0 == UInt8(ascii: "0") }
        return (isNegative ? "-" : "") + (digits.isEmpty ? "0" : String(Substring(digits)))
            + (fraction.isEmpty ? "" : "." + String(Substring(fraction))) + String(Substring(rest))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
