/// Something wrong with a configuration file, or worth a warning, and where it stands.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    package let file: String
    /// Counts from 1.
    package let line: Int
    /// Counts from 1, in Unicode scalars.
    package let column: Int
    /// One sentence without a full stop, which says what was found and what is wanted instead.
    package let message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `FILE:LINE:COLUMN: message`.
    package var description: String {
        "\(file):\(line):\(column): \(message)"
    }
}

/// A file that cannot be run, with every reason for it.
package struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    /// In the order of the file; never empty.
    package let errors: [ConfigurationError]

    /// One error per line.
    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}

/// A point in the file.
struct Place: Sendable, Hashable, Comparable {
    /// Counts from 1.
    var line: Int
    /// Counts from 1, in Unicode scalars.
    var column: Int

    /// Where a file starts.
    static let start = Place(line: 1, column: 1)

    static func < (a: Place, b: Place) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// What was found so far: all of it is reported, not only the first.
struct Problems: Sendable {
    private var errorsSeen: Set<Problem> = []
    private var warningsSeen: Set<Problem> = []

    // A set, since the content of an anchor is read once for every alias.
    private struct Problem: Hashable {
        var place: Place
        var message: String
    }

    /// Whether the file can be run.
    var hasErrors: Bool { !errorsSeen.isEmpty }

    mutating func error(_ message: String, at place: Place) {
        errorsSeen.insert(Problem(place: place, message: Self.oneLine(message)))
    }

    mutating func warning(_ message: String, at place: Place) {
        warningsSeen.insert(Problem(place: place, message: Self.oneLine(message)))
    }

    /// The errors in the order of the file.
    func errors(in file: String) -> [ConfigurationError] { Self.sorted(errorsSeen, file) }

    /// The warnings in the order of the file.
    func warnings(in file: String) -> [ConfigurationError] { Self.sorted(warningsSeen, file) }

    /// Messages quote the file and the environment: nothing in them may break a line or steer a terminal.
    private static func oneLine(_ message: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in message.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
            default:
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func sorted(_ problems: Set<Problem>, _ file: String) -> [ConfigurationError] {
        problems.sorted { ($0.place, $0.message) < ($1.place, $1.message) }.map {
            ConfigurationError(file: file, line: $0.place.line, column: $0.place.column, message: $0.message)
        }
    }
}
