/// The gateway of `gatewayd demo`: the classic "fetch five URLs at once", as pages.
package enum DemoConfiguration {
    /// The configuration's text.
    ///
    /// - Parameters:
    ///   - listen: Where the gateway listens.
    ///   - admin: Where its stats are.
    ///   - control: The path of its control socket.
    ///   - workers: A number, or `auto`.
    ///   - upstream: `host:port` of the demo's upstreams.
    ///   - unreachable: `host:port` that refuses connections.
    package static func text(
        listen: String, admin: String, control: String, workers: String, upstream: String, unreachable: String
    ) -> String {
        """
        # The embedded configuration of `gatewayd demo`.
        listen: ["\(listen)"]
        admin: "\(admin)"
        control: "\(control)"
        workers: \(workers)
        access_log: false
        upstreams:
          users: { servers: ["http://\(upstream)"] }
          orders: { servers: ["http://\(upstream)"] }
          news: { servers: ["http://\(upstream)"] }
          slow: { servers: ["http://\(upstream)"] }
          broken: { servers: ["http://\(upstream)"] }
          unreachable: { servers: ["http://\(unreachable)"] }
        routes:
          - path: /five
            timeout: 3s
            merge: envelope
            fan_out:
              - { name: users, upstream: users, path: /users/1 }
              - { name: orders, upstream: orders, path: /orders }
              - { name: news, upstream: news, path: /news }
              - { name: slow, upstream: slow, path: /slow }
              - { name: unreachable, upstream: unreachable, path: / }
          - path: /page/{id}
            timeout: 1s
            merge: group
            fan_out:
              - { name: user, upstream: users, path: "/users/{id}", required: true }
              - { name: orders, upstream: orders, path: "/orders?user={id}" }
              - { name: slow, upstream: slow, path: /slow, timeout: 300ms }
              - { name: ads, upstream: unreachable, path: /ads, fallback: { items: [] } }
          - path: /merged
            merge: object
            fan_out:
              - { name: user, upstream: users, path: /users/1 }
              - { name: orders, upstream: orders, path: /orders }
              - { name: news, upstream: news, path: /news }
          - path: /list
            merge: array
            fan_out:
              - { name: user, upstream: users, path: /users/1 }
              - { name: broken, upstream: broken, path: /broken }
              - { name: news, upstream: news, path: /news }
          - path: /broken
            fan_out:
              - { name: user, upstream: users, path: /users/1 }
              - { name: broken, upstream: broken, path: /broken, required: true }

        """
    }

    /// What to try, and what to expect.
    package static func guide(gateway: String, admin: String, control: String) -> String {
        """

        gatewayd demo: a gateway at http://\(gateway), its stats at http://\(admin).

          curl -i http://\(gateway)/five
              Five calls at once: three fast ones, one that takes 2 s, one that cannot be reached.
              The answer takes 2 s, as long as the slowest call and not the sum; "unreachable" says "connect".
          curl -i http://\(gateway)/page/42
              A page under time limits: 300 ms, since the slow call may take no longer; X-Gateway-Failed names
              it and the ads, for which a fallback stands in.
          curl -i http://\(gateway)/merged
              Three objects joined into one, in the order of the configuration.
          curl -i http://\(gateway)/list
              Bodies as an array; the broken one is null, and the others do not notice.
          curl -i http://\(gateway)/broken
              A required call fails: 502 with application/problem+json that says which and why.
          curl -s http://\(admin)/stats
              Workers, requests, calls and latencies. Kill a worker and look again:
              the totals stay, and a new worker has its place.
          gatewayctl --socket \(control) status
              The same from the control socket.

        Ctrl-C drains and stops it.

        """
    }
}
