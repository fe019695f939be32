/// Words that do not belong into the code, or not without a reason beside them.
enum WordRules {
    private static let trapping = [
        "try!": "handle the error, or let the function throw it",
        "as!": "use 'as?' and say what happens when it is not that",
        "fatalError(": "throw, or 'preconditionFailure' with the reason why it cannot be reached",
    ]

    private static let unproven = ["@unchecked Sendable", "nonisolated(unsafe)", "unowned(unsafe)"]

    private static let sleeping = ["Task.sleep", "nanosleep(", "usleep(", "sleep("]

    private static let timesOfDay = [
        "CLOCK_REALTIME", "CLOCK_REALTIME_COARSE", "time(nil)", "gettimeofday(", "Date()", "timespec_get(",
    ]

    /// Ways to end the process because of a value.
    static func checkTraps(_ path: String, _ text: SourceText) -> [Violation] {
        traps.found(in: text).map { word, line in
            Violation(path: path, line: line, message: "'\(word)' traps; \(trapping[word] ?? "")")
        }
    }

    /// Promises to the compiler that no comment proves: on the line, directly above it or directly below.
    ///
    /// Below is for a type, whose documentation has the place above; documentation itself is no proof.
    static func checkPromises(_ path: String, _ text: SourceText) -> [Violation] {
        promises.found(in: text).filter { _, line in
            let near = text.lines[max(0, line - 2)...min(line, text.lines.count - 1)]
            return !near.contains { $0.hasComment }
        }.map { word, line in
            let message = "'\(word)' without a proof; say in a comment beside it why it is safe, or do without it"
            return Violation(path: path, line: line, message: message)
        }
    }

    /// Tests that wait for a time instead of for what they want to see.
    static func checkSleep(_ path: String, _ text: SourceText) -> [Violation] {
        sleeps.found(in: text).map { word, line in
            let message = "'\(word)' makes a test slow or wrong; wait for the condition itself, with a bound"
            return Violation(path: path, line: line, message: message)
        }
    }

    /// Clocks that somebody can set.
    static func checkTimeOfDay(_ path: String, _ text: SourceText) -> [Violation] {
        clocks.found(in: text).map { word, line in
            let message = "'\(word)' jumps when the clock is set; use MonotonicTime, or WallClock for a label"
            return Violation(path: path, line: line, message: message)
        }
    }

    private static let traps = Phrases(Array(trapping.keys))
    private static let promises = Phrases(unproven)
    private static let sleeps = Phrases(sleeping)
    private static let clocks = Phrases(timesOfDay)
}

/// Sequences of tokens to look for, by the first of them.
private struct Phrases {
    private var byFirst: [String: [(phrase: String, words: [Token])]] = [:]

    init(_ phrases: [String]) {
        for phrase in phrases {
            let words = SourceText(phrase).tokens
            if let first = words.first { byFirst[first.text, default: []].append((phrase, words)) }
        }
    }

    /// Each with its line, in the order of the text.
    func found(in text: SourceText) -> [(phrase: String, line: Int)] {
        let tokens = text.tokens
        return tokens.indices.flatMap { start in
            (byFirst[tokens[start].text] ?? []).filter { _, words in
                guard start + words.count <= tokens.count else { return false }
                return zip(words, tokens[start...]).dropFirst().allSatisfy {
                    $0.text == $1.text && $0.isSpacedBefore == $1.isSpacedBefore
                }
            }.map { ($0.phrase, tokens[start].line) }
        }
    }
}
