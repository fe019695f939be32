/// Bytes that a client sends, and what has to come of them.
///
/// Behind the bytes comes a probe, on the same connection and in the same write: it is answered where the connection
/// stays, and must not be where the bytes are refused or say close.
struct RequestCase: Sendable, CustomStringConvertible {
    let name: String
    /// Each character up to U+00FF is a byte.
    let text: String
    /// Of the answers before the probe's, interim ones included.
    let statuses: [Int]
    /// Whether the probe is answered.
    let stays: Bool

    private init(_ name: String, _ text: String, _ statuses: [Int], stays: Bool) {
        self.name = name
        self.text = text
        self.statuses = statuses
        self.stays = stays
    }

    /// What is answered so, and after which the connection goes on.
    static func stays(_ name: String, _ text: String, _ statuses: Int...) -> RequestCase {
        RequestCase(name, text, statuses, stays: true)
    }

    /// What is answered so, and after which nothing is read.
    static func ends(_ name: String, _ text: String, _ statuses: Int...) -> RequestCase {
        RequestCase(name, text, statuses, stays: false)
    }

    /// A request with other fields after the Host.
    static func fields(_ fields: String) -> String { "GET /ok HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n" }

    /// A request with such fields and a body.
    static func post(_ fields: String, _ body: String) -> String {
        "POST /ok HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n\(body)"
    }

    /// A request in chunks.
    static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }

    /// A request for another target.
    static func target(_ target: String, _ method: String = "GET") -> String {
        "\(method) \(target) HTTP/1.1\r\nHost: h\r\n\r\n"
    }

    var description: String { "\(name): \(text.prefix(120).debugDescription)" }

    var bytes: [UInt8] { Self.bytes(of: text) }

    /// The bytes of requests, and the probe behind them.
    static func bytes(of text: String) -> [UInt8] {
        (text + probe).unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// The last request of every connection.
    private static let probe = "GET /probe HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

    static let all = lines + versions + hosts + targets + fieldLines + lengths + codings + chunks + sizes + orders
}
