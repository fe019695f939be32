import Foundation
import Testing

extension RunningPrograms {
    /// The dashboard in a real browser.
    @Suite(.serialized, .alone) struct DashboardTests {
        private static func start(workers: Int = 2) async throws -> (TestUpstream, Gateway, Chromium) {
            let upstream = try await TestUpstream.start()
            upstream.on("/good", .json("1"))
            upstream.on("/bad", .status(503, "{}"))
            upstream.on("/never", .never)
            let gateway = try await Gateway.start(
                """
                upstreams: { users: { servers: ["\(upstream.url)"] } }
                routes:
                  - { path: /page, fan_out: [{ name: a, upstream: users, path: /good }] }
                  - { path: /broken, fan_out: [{ name: a, upstream: users, path: /bad, required: true }] }
                  - { path: /slow, timeout: 60s, fan_out: [{ name: a, upstream: users, path: /never }] }
                """, workers: workers)
            let chromium = try await Chromium.start()
            try await chromium.open("http://127.0.0.1:\(gateway.adminPort)/")
            return (upstream, gateway, chromium)
        }

        private static let pids =
            "[...document.querySelectorAll('#workers tbody tr')].map((r) => r.cells[2].textContent).join(' ')"

        private func waitFor(_ health: String, _ chromium: Chromium) async throws {
            try await waitUntil("the page said \(health)") {
                try await chromium.text("document.getElementById('health-text').textContent") == health
            }
        }

        @Test("it shows what /stats says, asks nobody else, and sees a killed worker within two seconds")
        func shows() async throws {
            let (upstream, gateway, chromium) = try await Self.start()
            for _ in 1...20 { #expect(try await gateway.get("/page").status == 200) }
            for _ in 1...3 { #expect(try await gateway.get("/broken").status == 502) }
            let slow = try await gateway.connect()
            try await slow.request("GET", "/slow", headers: [("X-Request-Id", "the-slow-one")])
            try await waitFor("running", chromium)
            try await waitUntil("the page had all requests") {
                try await chromium.text("document.getElementById('cards').textContent").contains("24 in all")
            }
            let stats = try await gateway.stats()
            #expect(try await chromium.text(Self.pids) == stats.workers.map { "\($0.pid)" }.joined(separator: " "))
            let routes = try await chromium.text("document.getElementById('routes').textContent")
            #expect(routes.contains("/page20") && routes.contains("/broken3"))
            let upstreams = try await chromium.text("document.getElementById('upstreams').textContent")
            #expect(upstreams.contains("users") && upstreams.contains("closed") && upstreams.contains("status 3"))
            try await waitUntil("the slow request was shown") {
                let rows = try await chromium.text("document.getElementById('slow').textContent")
                return rows.contains("the-slow-one") && rows.contains("/slow")
            }
            #expect(try await chromium.text("document.getElementById('mode').textContent") == "live")

            let victim = try #require(stats.workers.first)
            gateway.signal(SIGSEGV, to: pid_t(victim.pid))
            try await waitUntil("a new one had its place") {
                try await gateway.stats().workers.first.map { $0.state == "ready" && $0.pid != victim.pid } == true
            }
            let seen = ContinuousClock.now
            let successor = try #require(try await gateway.stats().workers.first).pid
            try await waitUntil("the page showed it") { try await chromium.text(Self.pids).hasPrefix("\(successor) ") }
            #expect(ContinuousClock.now - seen < .seconds(2))
            try await waitUntil("the page showed the crash") {
                try await chromium.text("document.getElementById('crashes').textContent").contains(
                    "worker 0: signal SIGSEGV")
            }

            let asked = chromium.events("Network.requestWillBeSent").map(\.text)
            #expect(
                !asked.isEmpty && asked.allSatisfy { $0.contains("\"url\":\"http://127.0.0.1:\(gateway.adminPort)/") })
            let complaints = chromium.events("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
            #expect(complaints.isEmpty, "\(complaints)")
            withExtendedLifetime((upstream, slow)) {}
        }

        @Test("without events it asks, and says so when it loses the daemon", .tags(.slow))
        func loses() async throws {
            let (upstream, gateway, chromium) = try await Self.start(workers: 1)
            try await chromium.block("*/events")
            try await chromium.open("http://127.0.0.1:\(gateway.adminPort)/?again")
            try await waitFor("running", chromium)
            try await waitUntil("it asked") {
                try await chromium.text("document.getElementById('mode').textContent") == "asking each second"
            }
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            try await waitFor("lost", chromium)
            #expect(try await chromium.text("document.getElementById('lost').hidden") == "false")
            #expect(try await chromium.text("document.title") == "gatewayd: lost")
            withExtendedLifetime(upstream) {}
        }

        @Test("it fits a phone, in light and dark, and is used without a mouse")
        func fits() async throws {
            let (upstream, gateway, chromium) = try await Self.start()
            #expect(try await gateway.get("/page").status == 200)
            var colours: Set<String> = []
            for (width, scheme) in [(1_280, "light"), (390, "dark"), (320, "light")] {
                try await chromium.show(width: width, height: 900, scheme: scheme)
                try await waitFor("running", chromium)
                #expect(
                    try await chromium.text("document.documentElement.scrollWidth <= innerWidth") == "true", "\(width)")
                colours.insert(try await chromium.text("getComputedStyle(document.body).backgroundColor"))
                let picture = try await chromium.picture()
                #expect(picture.count > 10_000)
            }
            #expect(colours.count == 2)
            // All that scrolls can be reached and scrolled by keys.
            #expect(
                try await chromium.text("[...document.querySelectorAll('.scroll')].every((e) => e.tabIndex === 0)")
                    == "true")
            withExtendedLifetime((upstream, gateway)) {}
        }

        @Test("the page lets nothing run but its own script, and is never kept")
        func policy() async throws {
            let gateway = try await Gateway.start("routes: [{ path: /, respond: { status: 200 } }]")
            let pages = [try await gateway.admin("/"), try await gateway.admin("/")]
            let policies = pages.map { $0.header("Content-Security-Policy") ?? "" }
            #expect(policies.allSatisfy { $0.hasPrefix("default-src 'none'; ") && !$0.contains("unsafe") })
            #expect(policies[0] != policies[1], "a number that is known beforehand protects from nothing")
            #expect(pages.allSatisfy { $0.status == 200 && $0.header("Cache-Control") == "no-store" })
            for word in ["http://", "https://", "//", "{style}", "{script}", "{nonce}"] {
                let text = pages[0].body.replacing("// ", with: "").replacing("http://www.w3.org/2000/svg", with: "")
                #expect(!text.contains(word), "\(word)")
            }
        }

        @Test("who listens to events is let go when the admin process leaves")
        func drains() async throws {
            let gateway = try await Gateway.start("routes: [{ path: /, respond: { status: 200 } }]")
            let client = try await RawClient.connect(port: gateway.adminPort)
            try await client.request("GET", "/events")
            #expect(try await client.hears("data: {\"window\""))
            gateway.signal(SIGTERM)
            #expect(try await client.hears("0\r\n\r\n"))
            #expect(try await gateway.exit() == 0)
        }
    }
}
