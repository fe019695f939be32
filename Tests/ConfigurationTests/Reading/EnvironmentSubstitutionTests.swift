import Testing

@testable import Configuration

private let environment = ["NAME": "value", "EMPTY": "", "NESTED": "${NAME}"]

private func expand(_ text: String) throws -> String {
    try EnvironmentSubstitution(environment: environment).expand(text)
}

@Test(
    "References are replaced by their values, or by their defaults when unset or empty",
    arguments: [
        ("${NAME}", "value"), ("a${NAME}b${NAME}", "avaluebvalue"), ("${NONE:-x}", "x"), ("${NONE:-}", ""),
        ("${EMPTY}", ""), ("${EMPTY:-x}", "x"), ("${NAME:-x}", "value"), ("${NONE:-a:-b}", "a:-b"),
    ])
func expands(text: String, result: String) throws {
    #expect(try expand(text) == result)
}

@Test(
    "Dollars that start no reference stay",
    arguments: [("$", "$"), ("$NAME", "$NAME"), ("$${NAME}", "${NAME}"), ("cost: 5$", "cost: 5$"), ("{id}", "{id}")])
func keepsDollars(text: String, result: String) throws {
    #expect(try expand(text) == result)
}

@Test("A value is not looked at again")
func isNotRecursive() throws {
    #expect(try expand("${NESTED}") == "${NAME}")
}

@Test(
    "A broken reference is refused at its place",
    arguments: [("ab${NAME", 2), ("${}", 0), ("é${1A}", 2), ("${A B}", 0)])
func refusesReference(text: String, offset: Int) throws {
    let failure = try #require(throws: EnvironmentSubstitution.Failure.self) { try expand(text) }
    #expect(failure.offset == offset)
}

@Test("Numbers, durations, addresses and fallbacks may come from the environment")
func reachesEveryValue() throws {
    let configuration = try #require(
        loaded(
            """
            listen: ["127.0.0.1:${PORT}"]
            workers: ${WORKERS:-2}
            access_log: ${LOG:-false}
            drain: "${DRAIN}"
            routes:
              - { path: /a, fan_out: [{ name: a, url: "http://${HOST}/x", fallback: "${N}" }] }
            """,
            environment: ["PORT": "81", "DRAIN": "5s", "HOST": "h:82", "N": "1"]))
    #expect(configuration.sockets.listen == [.tcp(host: "127.0.0.1", port: 81)])
    #expect(configuration.workers == .fixed(2))
    #expect(!configuration.accessLog)
    #expect(configuration.lifecycle.drain == .seconds(5))
    #expect(configuration.upstreams.map(\.name) == ["http://h:82"])
}

@Test("A value from the environment cannot change the structure of the file")
func cannotInject() {
    let found = errors("control: ${PATH}\n\(someRoutes)", environment: ["PATH": "/x\nworkers: 5 # \"'}"])
    #expect(found == [])
}

@Test("An unset variable is one error at its place, without a second one for the value")
func reportsUnset() {
    let found = errors("workers: ${WORKERS}\ndrain: \"${DRAIN}\"\n\(someRoutes)")
    #expect(
        found == [
            "1:10: the environment variable 'WORKERS' is not set; '${WORKERS:-default}' would give it a default",
            "2:9: the environment variable 'DRAIN' is not set; '${DRAIN:-default}' would give it a default",
        ])
}
