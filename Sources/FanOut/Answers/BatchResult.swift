import JSON
import Policy

/// What became of one URL of a batch, and how it enters the answer.
package struct BatchResult: Sendable {
    package enum Outcome: Sendable {
        case response(status: Int, body: [UInt8])
        /// The word for what went wrong.
        case failure(String)
    }

    package var outcome: Outcome
    package var elapsed: Duration

    package init(_ outcome: Outcome, elapsed: Duration) {
        self.outcome = outcome
        self.elapsed = elapsed
    }

    /// Anything but a 2xx answer.
    package var isFailure: Bool {
        if case .response(let status, _) = outcome { !(200...299).contains(status) } else { true }
    }

    /// `{"url", "status", "bytes", "ms", "preview"}` or `{"url", "error", "ms"}`; an answer other than 2xx has both.
    package func write(url: String, preview: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"url\":".utf8)
        JSONText.append(string: url, to: &bytes)
        if isFailure {
            bytes.append(contentsOf: ",\"error\":".utf8)
            if case .failure(let word) = outcome {
                JSONText.append(string: word, to: &bytes)
            } else {
                JSONText.append(string: Failure.status.name, to: &bytes)
            }
        }
        if case .response(let status, let body) = outcome {
            bytes.append(contentsOf: ",\"status\":\(status),\"bytes\":\(body.count)".utf8)
        }
        bytes.append(contentsOf: ",\"ms\":".utf8)
        JSONText.append(milliseconds: elapsed, to: &bytes)
        if case .response(_, let body) = outcome {
            bytes.append(contentsOf: ",\"preview\":".utf8)
            JSONText.append(string: Self.text(body, preview), to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// The start of a body as text; a character that the end cuts is left out.
    package static func text(_ body: [UInt8], _ count: Int) -> String {
        var end = Swift.min(count, body.count)
        if end < body.count {
            while end > 0, body[end] & 0xC0 == 0x80 { end -= 1 }
        }
        return String(decoding: body[..<end], as: UTF8.self)
    }
}
