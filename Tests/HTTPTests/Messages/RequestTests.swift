import Base
import HTTP
import Testing

/// Looking up a request's header fields.
@Suite struct RequestTests {
    private static func request(_ list: [(name: String, value: String)]) -> Request {
        var fields = HeaderFields()
        for field in list { fields.append(field.name, field.value) }
        return Request(
            method: "GET", target: "/", fields: fields, body: [], peer: Request.Peer("unix:"),
            received: MonotonicTime(nanoseconds: 0))
    }

    @Test(arguments: ["x-request-id", "X-Request-Id", "X-REQUEST-ID"])
    func aFieldIsFoundWhateverItsCase(name: String) {
        #expect(Self.request([("Host", "h"), (name, "1")]).first("x-request-id") == "1")
    }

    @Test func theFirstOfSeveralIsTaken() {
        #expect(Self.request([("A", "1"), ("a", "2")]).first("a") == "1")
    }

    @Test(arguments: ["x-request-i", "x-request-idd", "x_request_id", "x\u{D}request-id", "", "\u{212A}"])
    func anotherNameIsAnother(name: String) {
        let request = Self.request([(name, "1")])
        #expect(request.first("x-request-id") == nil)
        #expect(request.first("k") == nil)
    }
}
