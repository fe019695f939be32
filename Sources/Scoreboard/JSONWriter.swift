/// Writes JSON text (RFC 8259) member by member, in the order given, so that equal values give equal text.
struct JSONWriter {
    /// A number with three decimals, kept as a whole number of thousandths.
    struct Thousandths {
        let count: UInt64
    }

    /// What was written so far.
    private(set) var text = ""
    private var needsComma = false

    /// The text of one object.
    static func object(_ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.braced("{", "}", members)
        return writer.text
    }

    /// A member that is an object.
    mutating func object(_ key: String, _ members: (inout JSONWriter) -> Void) {
        name(key)
        braced("{", "}", members)
    }

    /// A member that is an array of objects, one for each element.
    mutating func array<Element>(
        _ key: String, of elements: [Element], _ members: (inout JSONWriter, Element) -> Void
    ) {
        name(key)
        braced("[", "]") { writer in
            for element in elements { writer.element { members(&$0, element) } }
        }
    }

    /// A member that is an array of values which are JSON already.
    mutating func array(_ key: String, json elements: [String]) {
        name(key)
        text += "[" + elements.joined(separator: ",") + "]"
    }

    /// A member whose value is JSON already.
    mutating func member(_ key: String, json value: String) {
        name(key)
        text += value
    }

    /// A member that is a string.
    mutating func member(_ key: String, _ value: String) {
        name(key)
        string(value)
    }

    /// A member that is a whole number.
    mutating func member(_ key: String, _ value: UInt64) {
        name(key)
        text += String(value)
    }

    /// A member that is a whole number.
    mutating func member(_ key: String, _ value: Int) {
        name(key)
        text += String(value)
    }

    /// A member that is a number with three decimals.
    mutating func member(_ key: String, _ value: Thousandths) {
        name(key)
        let fraction = String(value.count % 1_000)
        text += "\(value.count / 1_000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }

    /// A member that is null.
    mutating func null(_ key: String) {
        name(key)
        text += "null"
    }

    private mutating func element(_ members: (inout JSONWriter) -> Void) {
        separate()
        braced("{", "}", members)
    }

    private mutating func braced(_ open: String, _ close: String, _ content: (inout JSONWriter) -> Void) {
        text += open
        needsComma = false
        content(&self)
        text += close
        needsComma = true
    }

    private mutating func name(_ key: String) {
        separate()
        string(key)
        text += ":"
    }

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }

    private mutating func string(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..<"\u{20}":
                let hexadecimal = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.utf8.count) + hexadecimal
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
