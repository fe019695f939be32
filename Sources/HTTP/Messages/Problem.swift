import Base
import JSON

/// An error of the gateway's own as `application/problem+json` (RFC 9457).
package struct Problem: Sendable {
    package var status: Int
    /// One sentence on this occurrence.
    package var detail: String
    package var requestID: String?
    /// Seconds until it may be better, for a 503 and a 429 (RFC 9110 section 10.2.3, RFC 6585 section 4).
    package var retryAfter = 1
    /// The calls that failed, as the elements of a JSON array.
    package var failed: [UInt8] = []

    package init(_ status: Int, _ detail: String, requestID: String? = nil) {
        self.status = status
        self.detail = detail
        self.requestID = requestID
    }

    /// The same, better after so long: rounded up to whole seconds, as the field has them.
    package func after(_ wait: Duration) -> Problem {
        var problem = self
        problem.retryAfter = max(1, Int((wait.wholeMilliseconds + 999) / 1_000))
        return problem
    }

    /// The answer, with the request's id in it and in its header.
    package var response: Response {
        var response = Response(status: status)
        response.fields.append("Content-Type", "application/problem+json")
        if let requestID { response.fields.append("X-Request-Id", requestID) }
        if status == 503 || status == 429 { response.fields.append("Retry-After", "\(retryAfter)") }
        response.body = body
        return response
    }

    private var body: [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(256 + failed.count)
        json.append("{\"type\":\"about:blank\",\"title\":\"")
        json.append(StatusCode.reason(status))
        json.append("\",\"status\":")
        JSONText.append(status, to: &json)
        json.append(",\"detail\":")
        JSONText.append(string: detail, to: &json)
        if let requestID {
            json.append(",\"request_id\":")
            JSONText.append(string: requestID, to: &json)
        }
        if !failed.isEmpty {
            json.append(",\"failed\":[")
            json.append(contentsOf: failed)
            json.append(UInt8(ascii: "]"))
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
