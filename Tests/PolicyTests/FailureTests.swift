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

    @Test(
        "a failure that blames the server is the upstream's, may serve stale and may be repeated",
        arguments: Failure.allCases)
    func blame(failure: Failure) {
        let traits = failure.traits
        #expect(!traits.blamesServer || (traits.side == .upstream && traits.mayServeStale))
        #expect(traits.blamesServer == (traits.repetition != .never))
    }

    @Test(
        "a proxy answers 504 for lateness, 503 where the gateway held the call back, else 502",
        arguments: Failure.allCases)
    func statuses(failure: Failure) {
        let expected =
            switch failure {
            case .timeout: 504
            case .circuitOpen, .overloaded, .shed: 503
            default: 502
            }
        #expect(failure.traits.status == expected)
    }

    @Test("what may be repeated is named with the safest class first")
    func repetitions() {
        #expect(Failure.repeatable.map(\.name) == ["connect", "dns", "tls", "reset", "timeout", "protocol"])
        #expect(Failure.allCases.filter { $0.traits.repetition == .unsent } == [.connect, .dns, .tls])
    }

    @Test(
        "a stale answer stands in where the upstream failed or was not asked, not where it answered or the client left")
    func staleness() {
        #expect(
            Failure.allCases.filter { !$0.traits.mayServeStale }
                == [.status, .tooLarge, .invalidJSON, .conflict, .dependency, .cancelled, .forbidden])
    }

    @Test("only calls that were made have a latency, and only lateness tells of load")
    func latency() {
        #expect(Failure.allCases.filter { !$0.traits.isMade } == [.dependency, .shed])
        #expect(Failure.allCases.filter(\.traits.tellsOfLoad) == [.timeout])
    }

    @Test func everyStatusTheGatewayMakesHasItsPhrase() {
        for status in [200, 204, 400, 404, 405, 408, 413, 414, 417, 431, 499, 500, 501, 502, 503, 504, 505] {
            #expect(StatusCode.reason(status).description != "Status")
        }
        #expect(StatusCode.reason(299).description == "Status")
    }
}
