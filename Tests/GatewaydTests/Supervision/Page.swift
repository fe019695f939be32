/// The configuration that the tests of this folder share: one page of two calls to one upstream.
enum Page {
    /// The part below listen, admin and control; `settings` are further lines of the top level.
    static func configuration(_ upstream: TestUpstream, settings: String = "") -> String {
        """
        \(settings)
        upstreams:
          service: { servers: ["http://127.0.0.1:\(upstream.port)"] }
        routes:
          - path: /page
            timeout: 60s
            fan_out:
              - { name: first, upstream: service, path: /first, required: true }
              - { name: second, upstream: service, path: /second, required: true }
          - path: /held
            timeout: 60s
            fan_out: [{ name: held, upstream: service, path: /held, required: true }]
        """
    }

    /// An upstream that answers both calls of /page at once, and holds that of /held.
    static func upstream() async throws -> TestUpstream {
        let upstream = try await TestUpstream.start()
        upstream.on("/first", .json(#"{"n":1}"#))
        upstream.on("/second", .json(#"{"n":2}"#))
        return upstream
    }
}
