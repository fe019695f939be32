import Base
import FanOut
import Policy
import Upstream

/// What was fetched, for people and for programs.
struct FetchReport {
    let results: [FetchRun.Fetched]
    /// Bytes of each body.
    let preview: Int
    let elapsed: Duration

    /// A line per URL in the order given, then the time of all together.
    var text: String {
        let lines = results.map { one in
            switch one.result {
            case .response(let status, let body, _) where (200...299).contains(status):
                "Successfully fetched \(one.url) (first \(preview) bytes): \(Self.printable(body.prefix(preview)))"
            case .response(let status, _, _): "Error fetching \(one.url): status \(status)"
            case .failure(let failure): "Error fetching \(one.url): \(failure.name)"
            }
        }
        let milliseconds = elapsed.wholeMicroseconds / 1_000
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return (lines + ["Total execution time: \(milliseconds / 1_000).\(fraction)s"]).joined(separator: "\n")
    }

    /// The same as one document, with the members of a batch route's answer.
    var json: String {
        let batch = results.map { one in
            switch one.result {
            case .response(let status, let body, _):
                BatchResult(.response(status: status, body: body), elapsed: one.elapsed)
            case .failure(let failure): BatchResult(.failure(failure.name), elapsed: one.elapsed)
            }
        }
        let bytes = BatchAnswer.json(batch, urls: results.map(\.url), preview: preview, elapsed: elapsed)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// On one line, and without bytes that would command a terminal.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        let visible = bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
        return String(decoding: visible, as: UTF8.self)
    }
}
