import Configuration
import Testing

@Test("An error is written as FILE:LINE:COLUMN: message")
func writesError() {
    #expect(
        ConfigurationError(file: "/etc/x.yaml", line: 3, column: 14, message: "m").description == "/etc/x.yaml:3:14: m")
}

@Test("An error is one line, whatever it quotes")
func writesOneLine() {
    #expect(
        errors("drain: \"a\\nb\\e[31m\"\n" + someRoutes)
            == ["1:8: 'drain' wants a duration such as 300ms, 2s or 1m; found 'a\\nb\\u{1B}[31m'"])
    let long = String(repeating: "x", count: 5_000)
    #expect(errors("drain: \(long)\n" + someRoutes).allSatisfy { $0.count < 200 })
}

@Test("Ten different mistakes are ten errors, in the order of the file")
func reportsTen() {
    let found = errors(
        """
        listen: [127.0.0.1:8080, 127.0.0.1:99999]
        wrokers: 2
        drain: soon
        upstreams:
          users: { servers: [ftp://127.0.0.1:9001] }
          orders: { servers: [http://127.0.0.1:9003] }
        limits:
          request_body: 10MB
        routes:
          - path: /page/{id}
            fan_out:
              - { name: user, upstream: users, path: "/users/{ID}", timout: 300ms }
              - { name: orders, upstream: order, path: "/orders" }
              - { name: ads, url: "http://127.0.0.1:9005/ads", required: maybe }
          - path: /page/{name}
            fan_out:
              - { name: orders, upstream: orders, path: "/orders" }
        """)
    #expect(
        found == [
            "1:26: 'listen' wants HOST:PORT, [V6]:PORT or unix:/PATH; found '127.0.0.1:99999'; "
                + "a port is a number from 0 to 65535, 0 for any free one",
            "2:1: unknown key 'wrokers' in the configuration; did you mean 'workers'?",
            "3:8: 'drain' wants a duration such as 300ms, 2s or 1m; found 'soon'",
            "5:22: a server wants a URL such as http://127.0.0.1:9001; found 'ftp://127.0.0.1:9001'; "
                + "a URL starts with http:// or https://",
            "8:17: 'request_body' wants a size such as 512B, 16KiB or 10MiB; found '10MB'",
            "12:54: 'path' wants a path such as /users/{id}; found '/users/{ID}'; "
                + "'{ID}' is not known here; known are {id}, {query.NAME}, {request.id}, {CALL.body.NAME}, {CALL.status}, {CALL.header.NAME}",
            "12:61: unknown key 'timout' in a call; did you mean 'timeout'?",
            "13:35: unknown upstream 'order'; did you mean 'orders'?",
            "14:66: 'required' wants true or false; found 'maybe'",
            "15:11: the routes on line 15 and line 10 collide: both take GET of /page/{name}",
        ])
}

@Test(
    "A value of the wrong type or out of range is one error that says what is wanted",
    arguments: [
        ("workers: 0", "auto or a number from 1 to 64"), ("workers: 65", "auto or a number from 1 to 64"),
        ("workers: [1]", "auto or a number from 1 to 64"), ("workers:", "auto or a number from 1 to 64"),
        ("access_log: yes", "true or false"), ("drain: 0s", "longer than zero"), ("drain: -1s", "longer than zero"),
        ("drain: 25h", "at most 24h"), ("drain: 30", "a duration such as"), ("drain: { s: 1 }", "a duration such as"),
        ("control: run/x.sock", "the absolute path of a socket"), ("admin: 9180", "HOST:PORT"),
        ("listen: []", "at least one address"), ("limits: 3", "a mapping"), ("restart: [1]", "a mapping"),
        ("limits: { request_body: 0 }", "a size from 1B to 1GiB"), ("limits: { header_bytes: 2MiB }", "to 1MiB"),
        ("limits: { header_fields: many }", "a number from 1 to 1000"),
        ("restart: { intensity: 0 }", "a number from 1"),
        ("reload: { canary: 0s }", "longer than zero"), ("reload: { probe: page }", "a path such as /page/1"),
        ("reload: { probe: 'http://h/' }", "a path such as"), ("recycle: { max_requests: 0 }", "a number from 1"),
        ("recycle: { max_memory: 1GiB }", "known keys are max_requests"), ("recycle: 5", "a mapping"),
        ("restart: { backoff: 20s }", "longer than 'backoff_max' of 15s"), ("upstreams: [a]", "a mapping"),
        ("upstreams: { a: {} }", "'servers' is missing"), ("upstreams: { a: { servers: [] } }", "at least one"),
        ("upstreams: { a: { servers: [[x]] } }", "a URL such as"),
        ("upstreams: { 'a b': { servers: [http://h] } }", "a name"),
        ("listen: [127.0.0.1:80, 127.0.0.1:80]", "is there twice"),
        ("admin: 127.0.0.1:8080", "are both 127.0.0.1:8080"),
        ("listen: 'unix:/run/gatewayd/control.sock'", "are both unix:"),
        ("nonsense: 1", "known keys are listen, admin"),
        ("? [a]\n: 1", "a key is a word"), ("<<: 3", "'<<' wants a mapping"),
    ])
func refusesTopLevel(line: String, wanted: String) {
    let found = errors(line + "\n" + someRoutes)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(wanted) == true, "\(found)")
}

@Test(
    "A call with a mistake is one error that says what is wanted",
    arguments: [
        ("timeout: 1s", "a call wants 'upstream' and 'path', or 'url'"),
        ("url: 'http://h/', upstream: u", "either 'upstream' and 'path' or 'url'"),
        ("url: 'http://h/', path: /x", "'url' has a path of its own"),
        ("upstream: u, path: /x", "unknown upstream 'u'; 'upstreams' has none"),
        ("url: h/x", "a URL starts with http:// or https://"), ("url: 'http://{id}/'", "never in its host"),
        ("url: 'http://h/{x}'", "known are {id}"), ("url: 'http://h/a b'", "percent-encoded"),
        ("url: [x]", "a URL such as"),
        ("url: 'http://h/', as: jsn", "did you mean 'json'?"), ("url: 'http://h/', name: b", "'name' is there twice"),
        ("url: 'http://h/', fallbck: 1", "did you mean 'fallback'?"), ("ulr: 'http://h/'", "did you mean 'url'?"),
        ("upstreem: x, path: /x", "did you mean 'upstream'?"),
    ])
func refusesCall(call: String, wanted: String) {
    let found = callErrors(call)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(wanted) == true, "\(found)")
}

@Test(
    "A route with a mistake is one error that says what is wanted",
    arguments: [
        ("path: /a", "a route wants one of 'fan_out', 'proxy', 'batch' and 'respond'"),
        ("path: /a, fan_out: []", "at least one"),
        ("path: /a, fan_out: { name: a }", "a list of calls; found a mapping"),
        ("path: /a, fan_out: [x]", "a call wants a mapping"),
        ("path: /a, proxy: {}", "'upstream' is missing in 'proxy'"),
        ("path: /a, batch: {}", "'allow' is missing in 'batch'"),
        ("path: /a, batch: { allow: ['*'] }", "a pattern that starts with http://"),
        ("path: /a, batch: { allow: ['http://*'], max: 0 }", "a number from 1 to 1000"),
        ("path: /a, methods: [GET], batch: { allow: ['http://*'] }", "the only method of its route is POST"),
        ("path: /a, merge: array, batch: { allow: ['http://*'] }", "only beside 'fan_out'"),
        ("path: /a, methods: [get], \(someCalls)", "unknown method 'get'; did you mean 'GET'?"),
        ("path: /a, methods: [GET, GET], \(someCalls)", "'GET' is there twice"),
        ("path: /a, methods: [], \(someCalls)", "at least one"),
        ("path: /a, methods: [BREW], \(someCalls)", "known methods are GET"),
        (
            "path: /a, merge: grup, \(someCalls)",
            "group, object, array, envelope or stream; found 'grup'; did you mean 'group'?"
        ),
        ("path: /a, \(someCalls), batch: { allow: ['http://*'] }", "only one of 'fan_out' and 'batch'"),
        ("\(someCalls)", "'path' is missing in a route"), ("path: a, \(someCalls)", "a path starts with '/'"),
        ("path: /a, fan_out: [{ name: 'a b', url: 'http://h/' }]", "a name of letters"),
        ("path: /a, fan_out: [{ url: 'http://h/' }]", "'name' is missing in a call"),
        (
            "path: /a, fan_out: [{ name: a, url: 'http://h/' }, { name: a, url: 'http://h/' }]",
            "'a' is there twice, first on line 1"
        ),
        ("pth: /a, \(someCalls)", "did you mean 'path'?"),
    ])
func refusesRoute(route: String, wanted: String) {
    let found = errors("routes: [{ \(route) }]")
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(wanted) == true, "\(found)")
}

private let someCalls = "fan_out: [{ name: a, url: 'http://h/' }]"

@Test(
    "A gateway without routes is an error", arguments: ["workers: 1", "routes: []", "routes:", "routes: x", "[a]", "x"])
func refusesNoRoutes(text: String) {
    #expect(errors(text).count == 1, "\(errors(text))")
}

@Test("An error in a template points at the character, as far as the source shows it")
func pointsIntoTemplates() {
    #expect(errors("routes:\n- path: /a/b{c}\n  \(someCalls)").map { $0.prefix(5) } == ["2:12:"])
    #expect(errors("routes:\n- path: \"/é/*/x\"\n  \(someCalls)").map { $0.prefix(5) } == ["2:13:"])
    #expect(errors("routes:\n- path: \"/\\u0061/*/x\"\n  \(someCalls)").map { $0.prefix(5) } == ["2:9: "])
    #expect(callErrors("url: 'http://h/{x}'").map { $0.prefix(5) } == ["1:65:"])
    #expect(callErrors("url: 'http://h?{x}'").map { $0.prefix(5) } == ["1:65:"])
}

@Test("An upstream with a mistake is still known")
func knowsBrokenUpstreams() {
    let found = errors(
        """
        upstreams: { u: { servers: [nowhere] } }
        routes: [{ path: /, fan_out: [{ name: a, upstream: u, path: / }] }]
        """)
    #expect(found.map { $0.prefix(5) } == ["1:29:"])
}

@Test(
    "When upstreams are misspelt or no mapping, no reference to them is an error",
    arguments: ["upstreem: 1", "upstreams: 1"])
func forgivesReferences(line: String) {
    #expect(errors("\(line)\nroutes: [{ path: /, fan_out: [{ name: a, upstream: u, path: / }] }]").count == 1)
}

@Test("When a route's path is wrong, its parameters are not missed in calls, but their mistakes are found")
func forgivesParameters() {
    #expect(callErrors("url: 'http://h/{id}/{*}'", path: "/x/{id}y/*").count == 1)
    #expect(callErrors("url: 'http://h/{id'", path: "/x/{id}y").count == 2)
}

@Test("Routes collide when paths differ by parameter names only and a method is in common")
func findsCollisions() {
    func routes(_ a: String, _ b: String) -> Int {
        errors("routes:\n- { \(a), \(someCalls) }\n- { \(b), \(someCalls) }").count
    }
    #expect(routes("path: '/a/{x}'", "path: '/a/{y}'") == 1)
    #expect(routes("path: '/a/*', methods: [GET, PUT]", "path: '/a/*', methods: [PUT, GET]") == 1)
    #expect(routes("path: '/a/{x}'", "path: '/a/{y}', methods: [POST]") == 0)
    #expect(routes("path: '/a/{x}'", "path: '/a/b'") == 0)
    #expect(routes("path: '/a'", "path: '/a/'") == 0)
    #expect(routes("path: '/a'", "path: '/A'") == 0)
}

@Test("The file may have 128 upstreams and a route 64 calls")
func boundsCounts() {
    func calls(_ count: Int, _ url: (Int) -> String) -> String {
        let items = (0..<count).map { "{ name: c\($0), url: '\(url($0))' }" }
        return "fan_out: [\(items.joined(separator: ", "))]"
    }
    let full =
        "routes: [{ path: /a, \(calls(64) { "http://a\($0)/" }) }, { path: /b, \(calls(64) { "http://b\($0)/" }) }"
    #expect(errors(full + "]") == [])
    #expect(errors(full + ", { path: /c, \(calls(1) { _ in "http://c/" }) }]").count == 1)
    #expect(errors("routes: [{ path: /a, \(calls(65) { _ in "http://a/" }) }]").count == 1)
}
