/// A Swift file taken apart: what is code, line by line and word by word, and where comments are.
///
/// Strings are blanked in the code, so that a rule never meets its own examples; what is interpolated into them stays.
struct SourceText {
    /// One line of the file.
    struct Line: Equatable {
        /// Without comments, and with blanks in place of the contents of strings.
        var code = ""
        /// Whether an ordinary comment, not one of documentation, is on the line or goes through it.
        var hasComment = false
    }

    /// In the order of the file; the first is line 1 of an editor.
    let lines: [Line]
    /// The words and operators of the code.
    let tokens: [Token]
    /// Which of the quotation marks among the tokens, counted from 1, end a string that ends in a full stop.
    let fullStops: Set<Int>

    init(_ text: String) {
        // By bytes: a test reads three megabytes of code in a debug build.
        var reader = Reader(bytes: Array(text.utf8))
        reader.read()
        lines = zip(reader.lines, reader.comments).map {
            Line(code: String(decoding: $0, as: UTF8.self), hasComment: $1)
        }
        tokens = Token.all(in: reader.lines)
        fullStops = reader.fullStops
    }
}

/// Goes through the text once and remembers what it is in the middle of.
private struct Reader {
    private enum Inside {
        /// The parentheses that are open within an interpolation; the outermost code has none to close.
        case code(open: Int)
        case string(pounds: Int, isMultiline: Bool)
        case comment
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")

    private let bytes: [UInt8]
    private var index = 0
    private var inside: [Inside] = [.code(open: 0)]
    private var line: [UInt8] = []
    private var hasComment = false
    private(set) var lines: [[UInt8]] = []
    private(set) var comments: [Bool] = []
    private var quotationMarks = 0
    private(set) var fullStops: Set<Int> = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() {
        while index < bytes.count {
            if bytes[index] == Self.newline {
                endLine()
                continue
            }
            switch inside.last {
            case .code(let open): readCode(open: open)
            case .string(let pounds, let isMultiline): readString(pounds: pounds, isMultiline: isMultiline)
            case .comment, nil: readComment()
            }
        }
        if bytes.last != Self.newline { keepLine() }
    }

    private mutating func readQuote() {
        line.append(Self.quote)
        quotationMarks += 1
    }

    private mutating func keepLine() {
        lines.append(line)
        comments.append(hasComment)
        line = []
        hasComment = false
    }

    private mutating func endLine() {
        keepLine()
        index += 1
        switch inside.last {
        case .comment: hasComment = true
        // A string of one line ends with it at the latest: a mistake in it must not hide the rest of the file.
        case .string(_, isMultiline: false): inside.removeLast()
        default: break
        }
    }

    private func byte(_ distance: Int) -> UInt8 {
        index + distance < bytes.count ? bytes[index + distance] : 0
    }

    private func pounds(after distance: Int) -> Int {
        var count = 0
        while byte(distance + count) == UInt8(ascii: "#") { count += 1 }
        return count
    }

    private func isTripleQuote(after distance: Int) -> Bool {
        byte(distance) == Self.quote && byte(distance + 1) == Self.quote && byte(distance + 2) == Self.quote
    }

    private mutating func readCode(open: Int) {
        let first = bytes[index]
        if first == Self.slash, byte(1) == Self.slash {
            if byte(2) != Self.slash { hasComment = true }
            while index < bytes.count, bytes[index] != Self.newline { index += 1 }
            return
        }
        if first == Self.slash, byte(1) == Self.star {
            inside.append(.comment)
            hasComment = true
            index += 2
            return
        }
        if first == Self.quote || first == UInt8(ascii: "#") {
            let pounds = pounds(after: 0)
            if byte(pounds) == Self.quote {
                let isMultiline = isTripleQuote(after: pounds)
                inside.append(.string(pounds: pounds, isMultiline: isMultiline))
                readQuote()
                index += pounds + (isMultiline ? 3 : 1)
                return
            }
        }
        index += 1
        line.append(first)
        guard inside.count > 1 else { return }
        if first == UInt8(ascii: "(") { inside[inside.count - 1] = .code(open: open + 1) }
        if first == UInt8(ascii: ")") {
            inside[inside.count - 1] = .code(open: open - 1)
            if open == 1 { inside.removeLast() }
        }
    }

    private mutating func readString(pounds: Int, isMultiline: Bool) {
        let first = bytes[index]
        if first == UInt8(ascii: "\\"), self.pounds(after: 1) >= pounds {
            index += 1 + pounds
            if byte(0) == UInt8(ascii: "(") {
                inside.append(.code(open: 0))
            } else if index < bytes.count, byte(0) != Self.newline {
                index += 1
            }
            return
        }
        let quotes = isMultiline ? 3 : 1
        if first == Self.quote, !isMultiline || isTripleQuote(after: 0), self.pounds(after: quotes) >= pounds {
            inside.removeLast()
            readQuote()
            if bytes[index - 1] == UInt8(ascii: ".") { fullStops.insert(quotationMarks) }
            index += quotes + pounds
            return
        }
        line.append(UInt8(ascii: " "))
        index += 1
    }

    /// Comments of this kind may lie within each other.
    private mutating func readComment() {
        if bytes[index] == Self.slash, byte(1) == Self.star {
            inside.append(.comment)
            index += 2
        } else if bytes[index] == Self.star, byte(1) == Self.slash {
            inside.removeLast()
            index += 2
        } else {
            index += 1
        }
    }
}
