import Foundation
import HTTP
import TestSupport
import Testing

/// The gateway's own errors (RFC 9457).
@Suite struct ProblemTests {
    @Test func itIsWrittenByteForByte() {
        let response = Problem(404, "No route has this path.", requestID: "r1").response
        #expect(response.status == 404)
        #expect(response.lines == ["Content-Type: application/problem+json", "X-Request-Id: r1"])
        #expect(
            text(response.body)
                == #"{"type":"about:blank","title":"Not Found","status":404,"#
                + #""detail":"No route has this path.","request_id":"r1"}"#)
    }

    @Test func withoutAnIDItHasNone() {
        let response = Problem(400, "x").response
        #expect(response["X-Request-Id"] == nil)
        #expect(text(response.body) == #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"x"}"#)
    }

    @Test(arguments: [400, 404, 405, 408, 413, 414, 417, 429, 431, 500, 501, 502, 503, 504])
    func everyErrorOfTheGatewayHasATitleAndOnly429And503AskToComeBack(status: Int) throws {
        let response = Problem(status, "x").response
        let body = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(body["status"] as? Int == status)
        #expect(body["title"] as? String != "Status")
        #expect(response["Retry-After"] == ([429, 503].contains(status) ? "1" : nil))
    }

    @Test(arguments: UInt64(1)...30)
    func anyDetailAndIDMakeJSON(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let detail = random.hostileText(length: 20)
        let id = random.hostileText()
        let response = Problem(400, detail, requestID: id).response
        let body = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(body["detail"] as? String == detail)
        #expect(body["request_id"] as? String == id)
        #expect(response.lines.count == 2)
    }
}
