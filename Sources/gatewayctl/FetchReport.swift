import FanOut
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
            case .response(let status, let body) where (200...299).contains(status):
                "Successfully fetched \(one.url) (first \(preview) bytes): \(Self.printable(body.prefix(preview)))"
            case .response(let status, _): "Error fetching \(one.url): status \(status)"
            case .failure(let failure): "Error fetching \(one.url): \(failure.name)"
            }
        }
        let milliseconds = elapsed.wholeMicroseconds / 1_000
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return (lines + ["Total execution time: \(milliseconds / 1_000).\(fraction)s"]).joined(separator: "\n")
    }

    /// The same as one document, with the members of a batch route's answer.
    var json: String {
        var bytes = Array("{\"elapsed_ms\":".utf8)
        JSONText.append(milliseconds: elapsed, to: &bytes)
        bytes.append(contentsOf: ",\"results\":[".utf8)
        for (index, one) in results.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: "{\"url\":".utf8)
            JSONText.append(string: one.url, to: &bytes)
            switch one.result {
            case .response(let status, let body) where (200...299).contains(status):
                bytes.append(contentsOf: ",\"status\":\(status),\"bytes\":\(body.count),\"preview\":".utf8)
                JSONText.append(string: String(decoding: body.prefix(preview), as: UTF8.self), to: &bytes)
            case .response(let status, _):
                bytes.append(contentsOf: ",\"error\":\"status\",\"status\":\(status)".utf8)
            case .failure(let failure):
                bytes.append(contentsOf: ",\"error\":\"\(failure.name)\"".utf8)
            }
            bytes.append(contentsOf: ",\"ms\":".utf8)
            JSONText.append(milliseconds: one.elapsed, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: "]}".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// On one line, and without bytes that would command a terminal.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        let visible = bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
        return String(decoding: visible, as: UTF8.self)
    }
}
