import Configuration
import FanOut
import Testing

@Test("An empty file, or one with comments only, is one error", arguments: ["", "\n\n", "# nothing\n", "---\n"])
func refusesEmptyFile(text: String) {
    #expect(errors(text).count == 1)
}

@Test("A syntax error is one error at the place where the parser stands")
func reportsSyntax() {
    #expect(errors("listen: [127.0.0.1:80\nroutes: 1\n").map { $0.prefix(4) } == ["2:7:"])
    #expect(errors("workers: 1\n\tdrain: 2s\n").map { $0.prefix(4) } == ["2:1:"])
    #expect(errors("workers: 1\nx: a\u{7}b\n").map { $0.prefix(4) } == ["2:5:"])
    #expect(errors("workers: 1\n---\nworkers: 2\n").map { $0.prefix(4) } == ["2:1:"])
    #expect(errors("workers: *none\n").map { $0.prefix(5) } == ["1:10:"])
}

@Test("Bytes that are no UTF-8 are an error at their place")
func reportsEncoding() throws {
    let bytes = Array("workers: 1\n# é ".utf8) + [0xFF, 0x0A]
    let error = try #require(throws: InvalidConfiguration.self) {
        try Configuration.load(bytes, path: "f", environment: [:])
    }
    #expect(error.description == "f:2:5: no UTF-8 from here on")
}

@Test("A byte order mark, carriage returns and an indented document change nothing")
func acceptsVariants() {
    #expect(errors("\u{FEFF}workers: 2\n\(someRoutes)") == [])
    #expect(errors("workers: 2\r\n\(someRoutes)\r\n") == [])
    #expect(errors("\u{FEFF}workers: x\r\ndrain: x\r\n\(someRoutes)").map { $0.prefix(5) } == ["1:10:", "2:8: "])
    #expect(errors("  workers: 2\n  \(someRoutes)") == [])
}

@Test("JSON is YAML")
func acceptsJSON() throws {
    let text =
        #"{"workers": 3, "routes": [{"path": "/", "fan_out": [{"name": "a", "url": "http://h/", "required": true}]}]}"#
    #expect(try #require(loaded(text)).workers == .fixed(3))
}

@Test("JSON may be indented with tabs")
func acceptsTabs() {
    #expect(
        errors(
            "{\n\t\"workers\": 3,\n\t\"routes\": [\n\t\t{ \"path\": \"/\", \"batch\": { \"allow\": [\"http://*\"] } }\n\t]\n}"
        ) == [])
}

@Test("Every duplicate key is an error, and hides no other error")
func reportsDuplicates() {
    let found = errors(
        """
        workers: 1
        drain: soon
        workers: 2
        "workers": 3
        limits: { header_fields: 1, header_fields: 0 }
        routes: [{ path: /, fan_out: [{ name: a, url: "http://h/", name: b, tiemout: 1s }] }]
        """)
    #expect(
        found == [
            "2:8: 'drain' wants a duration such as 300ms, 2s or 1m; found 'soon'",
            "3:1: 'workers' is there twice in one mapping, first on line 1",
            "4:1: 'workers' is there twice in one mapping, first on line 1",
            "5:29: 'header_fields' is there twice in one mapping, first on line 5",
            "6:60: 'name' is there twice in one mapping, first on line 6",
            "6:69: unknown key 'tiemout' in a call; did you mean 'timeout'?",
        ])
}

@Test("A duplicate key that is written as an alias, an escape or a number is an error too")
func reportsOddDuplicates() {
    #expect(errors("7: 1\n7: 2\n\(someRoutes)").count == 1)
    #expect(errors("\"\\x64rain\": 1s\ndrain: 2s\n\(someRoutes)").count == 1)
    #expect(errors("{\(String(repeating: "a: 1, ", count: 100))}").count == 1)
}

@Test("Anchors, aliases and merge keys share values, and what stands beside a merge key wins")
func mergesMappings() throws {
    let configuration = try #require(
        loaded(
            """
            routes:
              - path: /a
                fan_out:
                  - &call { name: a, url: "http://h/", timeout: 100ms, required: true }
                  - { <<: *call, name: b, timeout: 200ms }
                  - { name: c, <<: [{ timeout: 300ms }, *call] }
            """))
    let calls = try #require(firstFanOut(of: configuration)).calls
    #expect(calls.map(\.name) == ["a", "b", "c"])
    #expect(calls.map(\.timeout) == [.milliseconds(100), .milliseconds(200), .milliseconds(300)])
    #expect(calls.map(\.isRequired) == [true, true, true])
}

@Test("A mistake under an anchor is reported once, however many aliases there are")
func reportsAnchorsOnce() {
    let found = errors("drain: &d soon\nheartbeat_stale: 1s\nlimits: { header_timeout: 0s }\n\(someRoutes)")
    #expect(found.count == 2)
    let shared = errors(
        """
        routes:
          - { path: /a, fan_out: &calls [{ name: a, url: "http://h/", timeout: soon }] }
          - { path: /b, fan_out: *calls }
        """)
    #expect(shared.count == 1)
}

@Test("Aliases of aliases end at a limit instead of filling the memory")
func boundsAliases() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
        let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(errors(text).contains { $0.contains("larger than a configuration may be") })
}

@Test("Nesting ends at a limit instead of the stack's end")
func boundsDepth() {
    let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    #expect(errors("workers: \(deep)\n\(someRoutes)").contains { $0.contains("larger than a configuration may be") })
    #expect(!errors(String(repeating: "{a: ", count: 100_000)).isEmpty)
}
