/// A value of the file and its place: what the readers see of YAML.
///
/// Anchors, merge keys and environment variables are resolved in it already.
struct YAMLValue: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case sequence([YAMLValue])
        case mapping([Entry])
        /// An error is reported of it, so readers pass over it in silence.
        case invalid
    }

    struct Scalar: Sendable {
        var text: String
        /// Neither quoted nor a block nor tagged as a string: it may be a number, a boolean or null.
        var isPlain: Bool
        /// The column of the text's first character; nil when the source spells the text in another way
        /// (escapes, several lines, an environment variable).
        var textColumn: Int?
        /// As the source writes it, where that is not the text: with a variable, or the name of a file.
        var written: String?
        /// It stands in a file of its own, and no message shows it.
        var isSecret = false
    }

    struct Entry: Sendable {
        var key: String
        var keyPlace: Place
        var value: YAMLValue
    }

    var content: Content
    var place: Place

    /// Nothing, `~` or `null` (YAML 1.2 section 10.3.2).
    var isNull: Bool {
        guard case .scalar(let scalar) = content, scalar.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// How a message names what was found.
    var found: String {
        switch content {
        case .scalar(let scalar) where scalar.isSecret: "what is in a file"
        case .scalar(let scalar): isNull ? "nothing" : "'\(Self.shortened(scalar.text))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .invalid: "an error"
        }
    }

    /// Enough of a text to find it again.
    private static func shortened(_ text: String) -> String {
        text.count <= 100 ? text : text.prefix(97) + "..."
    }

    /// The place of a byte of the scalar's text, or of its start when the source spells it in another way.
    ///
    /// - Parameter offset: In UTF-8 bytes from the start of the text.
    func place(atOffset offset: Int) -> Place {
        guard case .scalar(let scalar) = content, let column = scalar.textColumn else { return place }
        let before = String(decoding: scalar.text.utf8.prefix(offset), as: UTF8.self)
        return Place(line: place.line, column: column + before.unicodeScalars.count)
    }
}
