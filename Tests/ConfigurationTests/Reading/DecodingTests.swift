import Configuration
import FanOut
import HTTP
import Testing

@Test("A file with routes only has the defaults")
func hasDefaults() throws {
    let configuration = try #require(loaded(someRoutes))
    #expect(configuration.sockets.listen == [.tcp(host: "127.0.0.1", port: 8080)])
    #expect(configuration.sockets.admin == .tcp(host: "127.0.0.1", port: 9180))
    #expect(configuration.sockets.control == "/run/gatewayd/control.sock")
    #expect(configuration.workers == .auto)
    #expect(configuration.accessLog)
    #expect(configuration.lifecycle.drain == .seconds(30))
    #expect(configuration.lifecycle.heartbeatStale == .seconds(10))
    #expect(configuration.lifecycle.restart == RestartSettings())
    #expect(configuration.lifecycle.reload == ReloadSettings() && !configuration.lifecycle.recycle.isOn)
    #expect(configuration.limits == Limits())
    let route = try #require(configuration.routes.first)
    #expect(route.methods == ["GET"])
    #expect(route.timeout == .seconds(2))
    let fanOut = try #require(firstFanOut(of: configuration))
    #expect(fanOut.merge == .group)
    #expect(fanOut.onConflict == .last)
    let call = try #require(fanOut.calls.first)
    #expect(call.timeout == nil)
    #expect(!call.isRequired)
    #expect(call.fallback == nil)
    #expect(call.accepted.kind == .json)
}

@Test("Every top-level key reaches its value")
func readsTopLevel() throws {
    let configuration = try #require(
        loaded(
            """
            listen: "unix:/run/g.sock"
            admin: "[::1]:9181"
            control: /tmp/c.sock
            workers: 64
            access_log: false
            drain: 1m
            heartbeat_stale: 5s
            restart: { backoff: 1ms, backoff_max: 2ms, reset_after: 3ms, intensity: 4, period: 5ms, hold: 6ms }
            reload: { canary: 3s, probe: /page/1 }
            recycle: { max_requests: 1000, max_lifetime: 1h, max_rss: 512MiB }
            limits:
              header_timeout: 1s
              keepalive_idle: 2s
              connect_timeout: 3s
              request_body: 4
              response_body: 5KiB
              header_bytes: 6KiB
              header_fields: 7
            \(someRoutes)
            """))
    #expect(configuration.sockets.listen == [.unix(path: "/run/g.sock")])
    #expect(configuration.sockets.admin == .tcp(host: "::1", port: 9181))
    #expect(configuration.sockets.control == "/tmp/c.sock")
    #expect(configuration.workers == .fixed(64))
    #expect(!configuration.accessLog)
    #expect(configuration.lifecycle.drain == .seconds(60))
    #expect(configuration.lifecycle.heartbeatStale == .seconds(5))
    var restart = RestartSettings()
    (restart.backoff, restart.backoffMax, restart.resetAfter) = (.milliseconds(1), .milliseconds(2), .milliseconds(3))
    (restart.intensity, restart.period, restart.hold) = (4, .milliseconds(5), .milliseconds(6))
    #expect(configuration.lifecycle.restart == restart)
    #expect(configuration.lifecycle.reload.canary == .seconds(3) && configuration.lifecycle.reload.probe == "/page/1")
    #expect(
        configuration.lifecycle.recycle.maxRequests == 1_000
            && configuration.lifecycle.recycle.maxLifetime == .seconds(3_600))
    #expect(configuration.lifecycle.recycle.maxRSS == (512 << 20))
    #expect(configuration.summary.contains("reload     canary 3s, probe /page/1\n"))
    #expect(configuration.summary.contains("recycle    after 1000 requests, or 1h, or 512MiB of memory\n"))
    var limits = Limits()
    (limits.client.times.header, limits.client.times.keepAliveIdle) = (.seconds(1), .seconds(2))
    (limits.client.requests.body, limits.client.requests.head.headerBytes) = (4, 6 << 10)
    limits.client.requests.head.headerFields = 7
    (limits.connectTimeout, limits.responseBody) = (.seconds(3), 5 << 10)
    #expect(configuration.limits == limits)
}

@Test("Sections whose lines are all commented out have their defaults")
func readsEmptySections() {
    #expect(errors("limits:\nrestart:\nupstreams:\n\(someRoutes)") == [])
}

@Test("A call's upstream is an index into the upstreams")
func resolvesUpstreams() throws {
    let configuration = try #require(
        loaded(
            """
            upstreams:
              users: { servers: [http://127.0.0.1:9001, "https://h/base/"] }
              orders: { servers: http://127.0.0.1:9003 }
            routes:
              - path: /page/{id}
                methods: [GET, POST]
                timeout: 3s
                merge: object
                on_conflict: deep
                fan_out:
                  - { name: o, upstream: orders, path: "/orders?user={id}", timeout: 1s, as: text }
                  - { name: u, upstream: users, path: "/users/{id}", required: true, as: base64 }
              - { path: /legacy/*, proxy: { upstream: users } }
            """))
    #expect(configuration.upstreams.map(\.name) == ["users", "orders"])
    #expect(configuration.upstreams.map(\.servers.count) == [2, 1])
    #expect(configuration.upstreams.first?.servers.last?.text == "https://h/base")
    let route = try #require(configuration.routes.first)
    #expect(route.methods == ["GET", "POST"])
    #expect(route.timeout == .seconds(3))
    let fanOut = try #require(firstFanOut(of: configuration))
    #expect(fanOut.merge == .object)
    #expect(fanOut.onConflict == .deep)
    #expect(fanOut.calls.map(\.upstream) == [1, 0])
    #expect(fanOut.calls.map(\.target.text) == ["/orders?user={id}", "/users/{id}"])
    #expect(fanOut.calls.map(\.isRequired) == [false, true])
    #expect(fanOut.calls.map(\.accepted.kind) == [.text, .base64])
    #expect(fanOut.calls.map(\.timeout) == [.seconds(1), nil])
    guard case .proxy(let proxy) = configuration.routes.last?.action, proxy.upstream == 0 else {
        Issue.record("the second route proxies to the first upstream")
        return
    }
}

@Test("Calls whose URLs have the same origin share one implied upstream, after the configured ones")
func impliesUpstreams() throws {
    let configuration = try #require(
        loaded(
            """
            upstreams: { users: { servers: [http://127.0.0.1:9001] } }
            routes:
              - path: /page/{id}
                fan_out:
                  - { name: a, url: "http://127.0.0.1:9005/ads/{id}?q={query.q}" }
                  - { name: b, url: "HTTP://127.0.0.1:9005" }
                  - { name: c, url: "http://127.0.0.1:9006?x=1" }
                  - { name: d, url: "http://h:80/d" }
                  - { name: e, url: "http://H/e" }
            """))
    #expect(
        configuration.upstreams.map(\.name)
            == ["users", "http://127.0.0.1:9005", "http://127.0.0.1:9006", "http://h"])
    let calls = try #require(firstFanOut(of: configuration)).calls
    #expect(calls.map(\.upstream) == [1, 1, 2, 3, 3])
    #expect(calls.map(\.target.text) == ["/ads/{id}?q={query.q}", "/", "/?x=1", "/d", "/e"])
}

@Test("A batch is posted, has 32 URLs of 10 s, and its route as long as one of them")
func readsBatch() throws {
    let configuration = try #require(loaded("routes: [{ path: /f, batch: { allow: [\"http://127.0.0.1:*\"] } }]"))
    let route = try #require(configuration.routes.first)
    #expect(route.methods == ["POST"])
    #expect(route.timeout == .seconds(10))
    guard case .batch(let batch) = route.action else {
        Issue.record("the route is a batch")
        return
    }
    #expect(batch.allow.map(\.description) == ["http://127.0.0.1:*"])
    #expect(batch.max == 32)
    #expect(batch.timeout == .seconds(10))
}

@Test("A proxy passes every method unless its route names some")
func readsProxyMethods() throws {
    let upstreams = "upstreams: { u: { servers: [http://h] } }\n"
    let all = try #require(loaded(upstreams + "routes: [{ path: /*, proxy: { upstream: u } }]"))
    #expect(all.routes.first?.methods == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    let one = try #require(loaded(upstreams + "routes: [{ path: /*, methods: PUT, proxy: { upstream: u } }]"))
    #expect(one.routes.first?.methods == ["PUT"])
}

@Test("A call that may take longer than its route is a warning at its timeout")
func warnsOfLongCalls() throws {
    let found = try warnings(
        "routes: [{ path: /, fan_out: [{ name: a, url: \"http://h/\", timeout: 3s }, { name: b, url: \"http://h/\" }] }]"
    )
    #expect(found == ["1:69: the call 'a' may take 3s, but its route ends after 2s"])
    #expect(try warnings("routes: [{ path: /, timeout: 1s, batch: { allow: [\"http://*\"] } }]").count == 1)
    #expect(
        try warnings("routes: [{ path: /, on_conflict: first, fan_out: [{ name: a, url: \"http://h/\" }] }]").count == 1
    )
    #expect(try warnings(someRoutes) == [])
}

@Test("The summary has a line for each listener, upstream, route and call")
func summarizes() throws {
    let configuration = try #require(
        loaded(
            """
            listen: [127.0.0.1:8080, "unix:/run/g.sock"]
            workers: 2
            upstreams: { users: { servers: [http://127.0.0.1:9001, http://127.0.0.1:9002] } }
            routes:
              - path: /page/{id}
                merge: object
                fan_out:
                  - { name: user, upstream: users, path: "/users/{id}", timeout: 300ms, required: true }
                  - { name: ads, url: "http://127.0.0.1:9005/ads", fallback: null, as: text }
              - { path: /legacy/*, methods: [GET], proxy: { upstream: users } }
              - { path: /fetch, batch: { allow: ["http://127.0.0.1:*"] } }
            """))
    #expect(
        configuration.summary == """
            listen     127.0.0.1:8080, unix:/run/g.sock
            admin      127.0.0.1:9180
            control    /run/gatewayd/control.sock
            workers    2
            access log on
            drain      30s
            upstreams
              users: http://127.0.0.1:9001, http://127.0.0.1:9002
              http://127.0.0.1:9005: http://127.0.0.1:9005
            routes
              GET /page/{id} (timeout 2s, merge object, on_conflict last)
                user: users /users/{id} (timeout 300ms, required)
                ads: http://127.0.0.1:9005 /ads (fallback, as text)
              GET /legacy/* (timeout 2s) proxy to users
              POST /fetch (timeout 10s) batch of at most 32 URLs, each within 10s, of http://127.0.0.1:*
            """)
}
