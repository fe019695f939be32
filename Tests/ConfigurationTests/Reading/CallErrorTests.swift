import Configuration
import Testing

/// Mistakes in what calls wait for, send and bring.
@Suite struct CallErrorTests {
    private static func errors(calls: String, route: String = "") -> [String] {
        ConfigurationTests.errors(
            """
            upstreams: { u: { servers: [http://h] } }
            routes:
              - path: /p/{id}
                fan_out:
            \(calls)
                \(route)
            """)
    }

    @Test("a circle of calls, and a call that nobody has, are errors")
    func order() {
        #expect(
            Self.errors(
                calls: """
                          - { name: a, upstream: u, path: "/{c.body.x}" }
                          - { name: b, upstream: u, path: /b, after: a }
                          - { name: c, upstream: u, path: /c, after: [b] }
                    """) == ["5:9: the call 'a' waits for itself in the end: 'a' after 'c' after 'b' after 'a'"])
        #expect(
            Self.errors(calls: "      - { name: a, upstream: u, path: /, after: a }") == [
                "5:9: the call 'a' waits for itself"
            ])
        #expect(
            Self.errors(
                calls: """
                          - { name: user, upstream: u, path: / }
                          - { name: b, upstream: u, path: "/{usr.body.x}", after: [usr, nobody] }
                    """) == [
                    "6:41: 'path' wants a path such as /users/{id}; found '/{usr.body.x}'; '{usr.body.x}' is not known here; "
                        + "known are {id}, {query.NAME}, {request.id}, {CALL.body.NAME}, {CALL.status}, {CALL.header.NAME}",
                    "6:64: unknown call 'usr'; did you mean 'user'?",
                    "6:69: unknown call 'nobody'; the route's other calls are user",
                ])
    }

    @Test(
        "each mistake in a call is told where it is",
        arguments: [
            ("method: FETCH", "unknown method 'FETCH'"), ("method: PSOT", "did you mean 'POST'?"),
            ("method: GET, body: { a: 1 }", "a GET has no body"),
            ("method: POST, forward: { method: true }", "either a 'method' of its own"),
            ("body: { a: 1 }, forward: { body: true }", "either a 'body' of its own"),
            ("headers: { Host: x }", "the field 'Host' is gatewayd's own"),
            ("headers: { 'a b': x }", "no name of a header field"),
            ("headers: { A: '{nope}' }", "'{nope}' is not known here"),
            ("headers: { A: \"a\\nb\" }", "without control characters"),
            ("headers: { A: '{' }", "a brace is written '{{'"), ("body: { a: '{nope}' }", "'{nope}' is not known here"),
            ("forward: { headers: [Connection] }", "gatewayd's own"),
            ("forward: { cookies: true }", "unknown key 'cookies'"),
            ("pass_back: [Content-Length]", "gatewayd's own"), ("at: a..b", "empty name"),
            ("pick: ['']", "a place in a body"),
            ("rename: { a: { b: c } }", "the new name of a member"), ("as: text, pick: [a]", "only with 'as: json'"),
            ("after: []", "at least one of its calls"), ("pick: /a~3", "followed by 0 or 1"),
        ])
    func mistakes(call: String, message: String) {
        let found = Self.errors(calls: "      - { name: a, upstream: u, path: /, \(call) }")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(found.first?.hasPrefix("5:") == true, "\(found)")
    }

    @Test("a quorum has no more successes than there are calls, and stands beside a fan-out")
    func quorum() {
        let call = "      - { name: a, upstream: u, path: / }"
        #expect(Self.errors(calls: call, route: "quorum: 2").first?.contains("'quorum' wants a number") == true)
        #expect(Self.errors(calls: call, route: "quorum: 1") == [])
        #expect(
            ConfigurationTests.errors("routes: [{ path: /, quorum: 1, respond: { status: 204 } }]")
                == ["1:21: 'quorum' has a meaning only beside 'fan_out'"])
    }

    @Test(
        "a static answer is one",
        arguments: [
            ("status: 99", "a status from 200 to 599"), ("status: 204, body: x", "has no body"),
            ("headers: { Content-Length: 1 }", "gatewayd's own"), ("text: a", "unknown key 'text'"),
        ])
    func respond(text: String, message: String) {
        let found = ConfigurationTests.errors("routes: [{ path: /, respond: { \(text) } }]")
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }
}
