import Access
import Configuration
import Telemetry
import Testing

/// `log:`.
@Suite struct LogTests {
    @Test func everythingIsRead() throws {
        let configuration = try #require(
            loaded(
                """
                log:
                  format: text
                  level: warning
                  file: /var/log/a
                  access_file: /var/log/b
                  sample: 0.5%
                  slow: 300ms
                \(someRoutes)
                """))
        let log = configuration.log
        #expect(log.format == .text && log.level == .warning && log.file == "/var/log/a")
        #expect(log.accessFile == "/var/log/b" && log.hasFiles)
        #expect(log.access == AccessLogRule(sample: SampleRate(millionths: 5_000), slow: .milliseconds(300)))
        #expect(
            configuration.summary.contains(
                "log        text, level warning, to /var/log/a, access log to /var/log/b, 0.5% of requests, slow from 300ms"
            ))
        #expect(loaded(someRoutes)?.log == LogSettings())
    }

    @Test(arguments: [
        ("level: verbose", "'level' wants debug, info, warning or error; found 'verbose'"),
        ("levle: info", "unknown key 'levle' in 'log'; did you mean 'level'?"),
        ("sample: 5", "'sample' wants a percentage from 0% to 100% such as 1% or 0.1%; found"),
        ("file: log.txt", "'file' wants the absolute path of a file; found 'log.txt'"),
        ("format: xml", "'format' wants auto, json or text; found 'xml'"),
    ])
    func mistakes(text: String, message: String) {
        let found = errors("log: { \(text) }\n\(someRoutes)")
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test func whatHasNoEffectIsAWarning() throws {
        let found = try warnings("access_log: false\nlog: { sample: 1%, level: error }\n\(someRoutes)")
        #expect(found == ["2:8: 'sample' has a meaning only with 'access_log: true'"])
    }
}

/// `tracing:`.
@Suite struct TracingTests {
    @Test func everythingIsRead() throws {
        let configuration = try #require(
            loaded(
                """
                tracing:
                  endpoint: https://collector:4318/v1/traces
                  sample: 5%
                  service: shop
                  headers: { Authorization: "Bearer s3cret" }
                \(someRoutes)
                """))
        let tracing = try #require(configuration.tracing)
        #expect(tracing.endpoint.text == "https://collector:4318/v1/traces")
        #expect(tracing.sample == SampleRate(millionths: 50_000) && tracing.service == "shop")
        #expect(tracing.headers == [.init(name: "Authorization", value: "Bearer s3cret")])
        let line = "tracing    5% of new traces to https://collector:4318/v1/traces, service shop, with Authorization"
        #expect(configuration.summary.contains(line) && !configuration.summary.contains("s3cret"))
        #expect(try #require(loaded(someRoutes)).tracing == nil)
        let least = loaded("tracing: { endpoint: 'http://h/v1/traces' }\n\(someRoutes)")?.tracing
        #expect(least?.sample == SampleRate(millionths: 10_000) && least?.service == "gatewayd")
    }

    @Test(arguments: [
        ("sample: 1%", "'endpoint' is missing in 'tracing'"),
        ("endpoint: 'http://h:4318'", "'endpoint' wants a URL such as http://127.0.0.1:4318/v1/traces"),
        ("endpoint: 'grpc://h/x'", "a URL starts with http:// or https://"),
        ("endpoint: 'http://h/x', sampel: 1%", "did you mean 'sample'?"),
        ("endpoint: 'http://h/x', headers: { Content-Type: a }", "is gatewayd's own to set"),
        ("endpoint: 'http://h/x', headers: { A: \"x\\ny\" }", "wants the value of a header field"),
    ])
    func mistakes(text: String, message: String) {
        let found = errors("tracing: { \(text) }\n\(someRoutes)")
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }
}
