import HTTP
import Policy
import Testing

/// The closed set of reasons, and the words for it that users see.
@Suite struct FailureTests {
    @Test func theNamesAreThoseOfTheContractInTheOrderOfTheCounters() {
        #expect(
            Failure.allCases.map(\.name) == [
                "timeout", "connect", "dns", "tls", "reset", "protocol", "status", "too_large", "invalid_json",
                "conflict", "dependency",
                "circuit_open", "overloaded", "shed", "cancelled", "forbidden",
            ])
        #expect(Failure.allCases.map { Int($0.rawValue) } == Array(0..<16))
    }

    @Test func everyStatusTheGatewayMakesHasItsPhrase() {
        for status in [200, 204, 400, 404, 405, 408, 413, 414, 417, 431, 499, 500, 501, 502, 503, 504, 505] {
            #expect(StatusCode.reason(status).description != "Status")
        }
        #expect(StatusCode.reason(299).description == "Status")
    }
}
