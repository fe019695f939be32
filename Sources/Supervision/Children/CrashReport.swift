import Base
import JSON

/// What is known of a worker that died otherwise than by plan.
package struct CrashReport: Sendable, Hashable {
    /// A request that was in flight.
    package struct Request: Sendable, Hashable {
        /// The route's path as the configuration has it; nil for an index that the configuration does not have.
        package var route: String?
        package var age: Duration
        package var id: String
        /// The names of the calls that were not settled.
        package var openCalls: [String]
    }

    /// Whose process it was.
    package struct Worker: Sendable, Hashable {
        package var slot: Int
        package var pid: Int32
        package var generation: Int
    }

    /// The requests that it had begun and not answered.
    package struct Left: Sendable, Hashable {
        /// How many, those without a record among them.
        package var count: Int
        package var requests: [Request]
    }

    /// RFC 3339.
    package var at: String
    package var worker: Worker
    /// Such as "signal SIGSEGV" or "unresponsive".
    package var reason: String
    package var left: Left
    /// The last that it wrote to standard error.
    package var words: String
    /// The route whose requests were in flight at crash after crash.
    package var suspect: String?

    /// Requests that are listed; `in_flight` has their number anyhow.
    private static let listed = 8
    /// Bytes of a name that came from outside.
    private static let nameBytes = 64
    /// Bytes of the last words.
    private static let wordBytes = 480

    /// A JSON object of at most 3,072 bytes: a longest one of eight requests, a suspect and last words fits.
    package var json: String {
        var text = "{\"at\":\(JSONText.quoted(at)),\"id\":\(worker.slot),\"pid\":\(worker.pid)"
        text += ",\"generation\":\(worker.generation),\"reason\":\(JSONText.quoted(reason)),\"in_flight\":\(left.count)"
        text += ",\"suspect\":\(suspect.map { Self.quoted($0) } ?? "null"),\"requests\":["
        text += left.requests.prefix(Self.listed).map(Self.json).joined(separator: ",")
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
