/// Writes JSON text (RFC 8259) member by member, in the order given, so that equal values give equal text.
package struct JSONWriter {
    /// A number with three decimals, kept as a whole number of thousandths.
    package struct Thousandths {
        package let count: UInt64

        package init(count: UInt64) { self.count = count }
    }

    /// What was written so far.
    package private(set) var text = ""
    private var needsComma = false

    /// The text of one object.
    package static func object(_ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.braced("{", "}", members)
        return writer.text
    }

    /// A member that is an object.
    package mutating func object(_ key: String, _ members: (inout JSONWriter) -> Void) {
        name(key)
        braced("{", "}", members)
    }

    /// A member that is an array of objects, one for each element.
    package mutating func array<Element>(
        _ key: String, of elements: [Element], _ members: (inout JSONWriter, Element) -> Void
    ) {
        name(key)
        braced("[", "]") { writer in
            for element in elements { writer.element { members(&$0, element) } }
        }
    }

    /// A member that is an array of values which are JSON already.
    package mutating func array(_ key: String, json elements: [String]) {
        name(key)
        text += "[" + elements.joined(separator: ",") + "]"
    }

    /// A member whose value is JSON already.
    package mutating func member(_ key: String, json value: String) {
        name(key)
        text += value
    }

    /// A member that is a string.
    package mutating func member(_ key: String, _ value: String) {
        name(key)
        text += JSONText.quoted(value)
    }

    /// A member that is a whole number.
    package mutating func member(_ key: String, _ value: UInt64) {
        name(key)
        text += String(value)
    }

    /// A member that is a whole number.
    package mutating func member(_ key: String, _ value: Int) {
        name(key)
        text += String(value)
    }

    /// A member that is a number with three decimals.
    package mutating func member(_ key: String, _ value: Thousandths) {
        name(key)
        let fraction = String(value.count % 1_000)
        text += "\(value.count / 1_000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }

    /// A member that is null.
    package mutating func null(_ key: String) {
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
        text += JSONText.quoted(key) + ":"
    }

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }
}
