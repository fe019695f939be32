import Policy

/// A server's answer that is odd or hostile, and what the two lanes make of it.
struct OddAnswer: Sendable {
    /// What the server does after its bytes.
    enum Then: Sendable {
        /// Leaves the connection open.
        case keeps
        /// Closes it in order.
        case closes
        /// Breaks it off (RST).
        case resets
    }

    /// What a lane makes of it.
    enum Verdict: Sendable, Hashable {
        case response(Int, String)
        case failure(Failure)

        static let `protocol` = failure(.protocol)
        static let reset = failure(.reset)
        static let timeout = failure(.timeout)
        static let tooLarge = failure(.tooLarge)

        /// Status and body, each byte a character.
        static func ok(_ body: String, _ status: Int = 200) -> Verdict { .response(status, body) }
    }

    /// Unique in the corpus.
    var name: String
    var bytes: [UInt8]
    var then: Then
    var plain: Verdict
    var curl: Verdict

    /// - Parameters:
    ///   - text: Each character up to U+00FF is a byte.
    ///   - plain: What the plain lane makes of it.
    ///   - curl: What libcurl's lane makes of it, when that is something else.
    init(_ name: String, _ text: String, _ plain: Verdict, curl: Verdict? = nil, then: Then = .keeps) {
        self.name = name
        bytes = Self.bytes(text)
        self.then = then
        self.plain = plain
        self.curl = curl ?? plain
    }

    /// An answer with two bytes of body and an odd status line.
    static func statusLine(
        _ name: String, _ line: String, _ plain: Verdict, curl: Verdict? = nil, then: Then = .keeps
    ) -> OddAnswer {
        OddAnswer(name, "\(line)\r\nContent-Length: 2\r\n\r\nok", plain, curl: curl, then: then)
    }

    /// An answer with two bytes of body and odd fields.
    static func fields(
        _ name: String, _ lines: String, _ plain: Verdict, curl: Verdict? = nil, then: Then = .keeps
    ) -> OddAnswer {
        let text = "HTTP/1.1 200 OK\r\n\(lines)\r\nContent-Length: 2\r\n\r\nok"
        return OddAnswer(name, text, plain, curl: curl, then: then)
    }

    /// An answer with two bytes of body and an odd value for their number.
    static func length(
        _ name: String, _ value: String, _ plain: Verdict, curl: Verdict? = nil, then: Then = .keeps
    ) -> OddAnswer {
        OddAnswer(name, "HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\nok", plain, curl: curl, then: then)
    }

    /// An answer with a body in chunks and an odd name for that.
    static func coding(
        _ name: String, _ value: String, _ plain: Verdict, curl: Verdict? = nil, then: Then = .keeps
    ) -> OddAnswer {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: \(value)\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        return OddAnswer(name, text, plain, curl: curl, then: then)
    }

    /// An answer with an odd body in chunks.
    static func chunked(
        _ name: String, _ body: String, _ plain: Verdict, curl: Verdict? = nil, then: Then = .keeps
    ) -> OddAnswer {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
        return OddAnswer(name, text, plain, curl: curl, then: then)
    }

    /// Bytes of a body that the lanes take.
    static let bodyLimit = 256 << 10

    /// All of them, by what they are about.
    static let all = statusLines + heads + lengths + codings + chunks + ends

    /// The bytes that characters up to U+00FF stand for.
    static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    /// The text whose characters stand for the bytes.
    static func text(_ bytes: [UInt8]) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
