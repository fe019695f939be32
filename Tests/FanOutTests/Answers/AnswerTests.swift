import FanOut
import Foundation
import HTTP
import Policy
import TestSupport
import Testing

/// Status and headers of an answer, and what an error says.
@Suite struct AnswerTests {
    @Test func aCompleteAnswerIs200AndSaysSo() throws {
        let answer = try answer(.group, [.ok("user", "{}", isRequired: true), .ok("orders", "[]")])
        #expect(answer.response.status == 200)
        #expect(answer.failed.isEmpty)
        #expect(
            answer.response.lines == [
                "Content-Type: application/json", "X-Request-Id: r1", "X-Gateway-Completed: true",
                "Server-Timing: user;dur=1.0, orders;dur=1.0",
            ])
    }

    @Test func whatFailedIsNamedWithItsReason() throws {
        let answer = try answer(
            .group,
            [.ok("user", "{}"), .failed("orders", .timeout, ms: 500), .failed("ads", .invalidJSON, fallback: "0")])
        #expect(answer.response.status == 200)
        #expect(answer.failed.map(\.name) == ["orders", "ads"])
        #expect(answer.failed.map(\.failure) == [.timeout, .invalidJSON])
        #expect(answer.response["X-Gateway-Completed"] == "false")
        #expect(answer.response["X-Gateway-Failed"] == "orders;timeout, ads;invalid_json")
        #expect(
            answer.response["Server-Timing"]
                == "user;dur=1.0, orders;dur=500.0;desc=\"timeout\", ads;dur=1.0;desc=\"invalid_json\"")
    }

    @Test(arguments: Failure.allCases)
    func aRequiredCallThatFailedIs504ForATimeoutAnd502Otherwise(failure: Failure) throws {
        let answer = try answer(.group, [.ok("a", "1"), .failed("b", failure, isRequired: true)])
        #expect(answer.response.status == (failure == .timeout ? 504 : 502))
        #expect(answer.response["Content-Type"] == "application/problem+json")
        #expect(answer.response["X-Gateway-Failed"] == "b;\(failure.name)")
        #expect(answer.response["X-Gateway-Completed"] == "false")
        #expect(answer.response["Retry-After"] == nil)
    }

    @Test func theRequiredCallDecidesWhateverElseFailed() throws {
        let calls: [Ended] = [
            .failed("a", .timeout), .failed("b", .connect, isRequired: true), .ok("c", "1"), .failed("d", .timeout),
        ]
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2]] {
            #expect(try answer(.group, calls, settling: order).response.status == 502)
        }
    }

    @Test func ofTwoRequiredCallsTheOneThatFailedFirstDecides() throws {
        let calls: [Ended] = [.failed("a", .timeout, isRequired: true), .failed("b", .reset, isRequired: true)]
        #expect(try answer(.group, calls, settling: [0, 1]).response.status == 504)
        #expect(try answer(.group, calls, settling: [1, 0]).response.status == 502)
    }

    @Test func withoutAnyAnswerTheLastFailureDecides() throws {
        let calls: [Ended] = [.failed("a", .timeout), .failed("b", .dns)]
        #expect(try answer(.group, calls, settling: [0, 1]).response.status == 502)
        #expect(try answer(.group, calls, settling: [1, 0]).response.status == 504)
    }

    @Test func aFallbackIsAnAnswerAlsoForARequiredCallButNotACompleteOne() throws {
        let one = try answer(.group, [.failed("a", .timeout, isRequired: true, fallback: "[]")])
        #expect(one.response.status == 200)
        #expect(text(one.response.body) == #"{"a":[]}"#)
        #expect(one.response["X-Gateway-Completed"] == "false")
        #expect(one.response["X-Gateway-Failed"] == "a;timeout")
    }

    @Test func theTimeoutOfACallWithAFallbackDecidesNothing() throws {
        let calls: [Ended] = [
            .failed("a", .timeout, isRequired: true, fallback: "[]"), .failed("b", .connect, isRequired: true),
        ]
        #expect(try answer(.group, calls).response.status == 502)
        #expect(try answer(.group, calls, settling: [1, 0]).response.status == 502)
    }

    @Test func anEmptyBodyIsAnAnswer() throws {
        let answer = try answer(.group, [.ok("a", "", isRequired: true)])
        #expect(answer.response.status == 200)
        #expect(text(answer.response.body) == #"{"a":null}"#)
    }

    @Test func aConflictFailsTheLaterCall() throws {
        let calls: [Ended] = [.ok("a", #"{"k":1}"#), .ok("b", #"{"j":2,"\u006b":2}"#), .ok("c", #"{"j":3}"#)]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let answer = try answer(.object, calls, rule: .error, settling: order)
            #expect(answer.response.status == 200)
            #expect(text(answer.response.body) == #"{"k":1,"j":3}"#)
            #expect(answer.response["X-Gateway-Failed"] == "b;conflict")
            #expect(answer.response["X-Gateway-Completed"] == "false")
        }
    }

    @Test func aConflictOfARequiredCallIs502AlsoBesideATimeoutOfAnother() throws {
        let calls: [Ended] = [.ok("a", #"{"k":1}"#), .ok("b", #"{"k":2}"#, isRequired: true), .failed("c", .timeout)]
        let answer = try answer(.object, calls, rule: .error)
        #expect(answer.response.status == 502)
        #expect(answer.response["X-Gateway-Failed"] == "b;conflict, c;timeout")
    }

    @Test func aRequiredTimeoutDecidesBeforeAConflict() throws {
        let calls: [Ended] = [
            .ok("a", #"{"k":1}"#), .ok("b", #"{"k":2}"#, isRequired: true), .failed("c", .timeout, isRequired: true),
        ]
        #expect(try answer(.object, calls, rule: .error).response.status == 504)
    }

    @Test func anErrorNamesEachFailedCallAndWhy() throws {
        var status = Ended.failed("orders", .status, isRequired: true, ms: 20)
        status.outcome = .fails(.status, status: 404)
        let response = try answer(.group, [.ok("a", "1"), status, .failed("ads", .dns, fallback: "{}")]).response
        #expect(
            text(response.body)
                == #"{"type":"about:blank","title":"Bad Gateway","status":502,"#
                + #""detail":"A call that the answer needs failed.","request_id":"r1","#
                + #""failed":[{"name":"orders","error":"status","status":404,"ms":20.0},{"name":"ads","error":"dns","ms":1.0}]}"#
        )
        #expect(response["X-Request-Id"] == "r1")
    }

    @Test func aTimeoutSaysThatItTookTooLong() throws {
        let response = try answer(.group, [.failed("a", .timeout)]).response
        let body = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(body["title"] as? String == "Gateway Timeout")
        #expect(body["detail"] as? String == "A call that the answer needs took too long.")
        #expect(body["status"] as? Int == 504)
    }

    @Test func callsThatNeverSettledAreCancelled() throws {
        let answer = try answer(.group, [.ok("a", "1"), .ok("b", "2")], settling: [0])
        #expect(answer.response["X-Gateway-Failed"] == "b;cancelled")
    }
}
