import Base
package import HTTP
import JSON

/// The answer to a batch: always 200, since each URL's result says how it went.
package struct BatchAnswer: Sendable {
    package let response: Response

    /// Writes the results in the order in which they were asked for.
    package init(_ batch: BatchRequest, _ results: [BatchResult], elapsed: Duration, requestID: String) {
        var response = Response(status: 200)
        response.fields.append("Content-Type", "application/json")
        response.fields.append("X-Request-Id", requestID)
        response.fields.append("X-Gateway-Completed", results.contains(where: \.isFailure) ? "false" : "true")
        response.body = Self.json(results, urls: batch.items.map(\.text), preview: batch.preview, elapsed: elapsed)
        self.response = response
    }

    /// `{"elapsed_ms": n, "results": […]}`.
    package static func json(
        _ results: [BatchResult], urls: [String], preview: Int, elapsed: Duration
    ) -> [UInt8] {
        var bytes = Array("{\"elapsed_ms\":".utf8)
        JSONText.append(milliseconds: elapsed, to: &bytes)
        bytes.append(contentsOf: ",\"results\":[".utf8)
        for (index, result) in results.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            result.write(url: urls[index], preview: preview, to: &bytes)
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }
}
