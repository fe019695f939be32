/// Words that do not belong into the code, or not without a reason beside them.
enum WordRules {
    private struct Word {
        var text: String
        var instead: String
    }

    private static let trapping = [
        Word(text: "try!", instead: "handle the error, or let the function throw it"),
        Word(text: "as!", instead: "use 'as?' and say what happens when it is not that"),
        Word(text: "fatalError(", instead: "throw, or 'preconditionFailure' with the reason why it cannot be reached"),
    ]

    private static let unproven = ["@unchecked Sendable", "nonisolated(unsafe)", "unowned(unsafe)"]

    private static let sleeping = ["Task.sleep", "nanosleep(", "usleep(", "sleep("]

    /// Ways to end the process because of a value.
    static func checkTraps(_ path: String, _ text: SourceText) -> [Violation] {
        lines(text) { code in
            trapping.filter { contains(code, $0.text) }.map { "'\($0.text)' traps; \($0.instead)" }
        }.map { Violation(path: path, line: $0, message: $1) }
    }

    /// Promises to the compiler that no comment proves: on the line, directly above it or directly below.
    ///
    /// Below is for a type, whose documentation has the place above; documentation itself is no proof.
    static func checkPromises(_ path: String, _ text: SourceText) -> [Violation] {
        lines(text) { code in
            unproven.filter { contains(code, $0) }.map {
                "'\($0)' without a proof; say in a comment beside it why it is safe, or do without it"
            }
        }.filter { line, _ in
            let near = text.lines[max(0, line - 2)...min(line, text.lines.count - 1)]
            return !near.contains { $0.hasComment }
        }.map { Violation(path: path, line: $0, message: $1) }
    }

    /// Tests that wait for a time instead of for what they want to see.
    static func checkSleep(_ path: String, _ text: SourceText) -> [Violation] {
        lines(text) { code in
            sleeping.first { contains(code, $0) }.map {
                ["'\($0)' makes a test slow or wrong; wait for the condition itself, with a bound"]
            } ?? []
        }.map { Violation(path: path, line: $0, message: $1) }
    }

    /// Clocks that somebody can set.
    static func checkTimeOfDay(_ path: String, _ text: SourceText) -> [Violation] {
        lines(text) { code in
            ["CLOCK_REALTIME", "time(nil)", "gettimeofday(", "Date()", "timespec_get("].first { contains(code, $0) }.map
            {
                ["'\($0)' jumps when the clock is set; use MonotonicTime, or WallTime for a label"]
            } ?? []
        }.map { Violation(path: path, line: $0, message: $1) }
    }

    private static func lines(_ text: SourceText, _ messages: (String) -> [String]) -> [(Int, String)] {
        text.lines.enumerated().flatMap { index, line in messages(line.code).map { (index + 1, $0) } }
    }

    /// Whether the code has the word, and not only at the end of a longer one.
    private static func contains(_ code: String, _ word: String) -> Bool {
        var rest = code[...]
        while let range = rest.firstRange(of: word) {
            let before = code[..<range.lowerBound].last
            if before.map({ !$0.isLetter && !$0.isNumber && $0 != "_" }) ?? true { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
