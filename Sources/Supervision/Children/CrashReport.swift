package import Base
import HTTP
import JSON

/// What is known of a worker that died otherwise than by plan.
package struct CrashReport: Sendable, Hashable {
    /// A request that it had begun and not answered.
    package struct Request: Sendable, Hashable {
        /// The route's path as the configuration has it; nil for an index that the configuration does not have.
        package var route: String?
        package var age: Duration
        package var id: String
        /// The names of the calls that were not settled.
        package var openCalls: [String]

        package init(route: String?, age: Duration, id: String, openCalls: [String]) {
            self.route = route
            self.age = age
            self.id = id
            self.openCalls = openCalls
        }
    }

    /// RFC 3339.
    package var at: String
    package var slot: Int
    package var pid: Int32
    package var generation: Int
    /// Such as "signal SIGSEGV" or "unresponsive".
    package var reason: String
    /// How many it left unanswered, those without a record among them.
    package var inFlight: Int
    package var requests: [Request]
    /// The last that it wrote to standard error.
    package var words: String
    /// The route whose requests were in flight at crash after crash.
    package var suspect: String?

    package init(
        at: String, slot: Int, pid: Int32, generation: Int, reason: String, inFlight: Int, requests: [Request],
        words: String, suspect: String?
    ) {
        self.at = at
        self.slot = slot
        self.pid = pid
        self.generation = generation
        self.reason = reason
        self.inFlight = inFlight
        self.requests = requests
        self.words = words
        self.suspect = suspect
    }

    /// Requests that are listed; `in_flight` has their number anyhow.
    private static let listed = 8
    /// Bytes of a name that came from outside.
    private static let nameBytes = 64
    /// Bytes of the last words.
    private static let wordBytes = 480

    /// A JSON object of at most 3,072 bytes: a longest one of eight requests, a suspect and last words fits.
    package var json: String {
        var text = "{\"at\":\(JSONText.quoted(at)),\"id\":\(slot),\"pid\":\(pid),\"generation\":\(generation)"
        text += ",\"reason\":\(JSONText.quoted(reason)),\"in_flight\":\(inFlight)"
        text += ",\"suspect\":\(suspect.map { Self.quoted($0) } ?? "null"),\"requests\":["
        text += requests.prefix(Self.listed).map(Self.json).joined(separator: ",")
        return text + "],\"stderr\":\(Self.quotedWords(words))}"
    }

    /// The end of the text without what would take more room when it is escaped.
    private static func quotedWords(_ words: String) -> String {
        let plain = words.unicodeScalars.map { $0 == "\n" || (" " <= $0 && $0 != "\u{7F}") ? $0 : " " }
        var text = ""
        text.unicodeScalars.append(contentsOf: plain.suffix(wordBytes))
        while JSONText.quoted(text).utf8.count > wordBytes + wordBytes / 4 { text.removeFirst() }
        return JSONText.quoted(text)
    }

    private static func json(_ request: Request) -> String {
        let route = request.route.map(quoted) ?? "null"
        let calls = request.openCalls.prefix(4).map { quoted(String($0.prefix(12))) }.joined(separator: ",")
        let age = request.age.wholeMilliseconds
        return "{\"route\":\(route),\"age_ms\":\(age),\"request_id\":\(quoted(request.id)),\"waits_for\":[\(calls)]}"
    }

    private static func quoted(_ text: String) -> String {
        var cut = String(decoding: text.utf8.prefix(nameBytes), as: UTF8.self)
        cut.removeAll { $0 < " " || $0 == "\"" || $0 == "\\" || !$0.isASCII }
        return JSONText.quoted(cut)
    }
}

/// Finds the route that may be to blame: the one that had a request in flight at each of the last crashes.
///
/// Only when it is the only one: with all routes busy, all would have.
package struct CrashSuspect: Sendable {
    /// Crashes that have to agree.
    private static let crashes = 3
    /// They count for so long.
    private static let period = Duration.seconds(600)

    private var last: [(at: MonotonicTime, routes: Set<String>)] = []

    package init() {}

    /// Notes a crash with the routes of the requests in flight; the suspect, if there is one.
    package mutating func note(_ routes: Set<String>, at now: MonotonicTime) -> String? {
        last.append((now, routes))
        last.removeAll { now.since($0.at) > Self.period }
        last = last.suffix(Self.crashes)
        guard last.count == Self.crashes else { return nil }
        let common = last.dropFirst().reduce(last[0].routes) { $0.intersection($1.routes) }
        return common.count == 1 ? common.first : nil
    }
}
