import Foundation
import Testing

extension RunningPrograms {
    /// Both logs: their forms, files and levels, and what becomes of them when nobody reads.
    @Suite(.serialized, .seat) struct LogTests {
        private static let slowSink = "{ access_file: FOLDER/pipe }"

        private static func start(
            _ log: String, in folder: TemporaryFolder, upstream: TestUpstream, settings: String = ""
        ) async throws -> Gateway {
            let log = log.replacingOccurrences(of: "FOLDER", with: folder.path)
            return try await Gateway.start(
                """
                log: \(log)
                reload: { canary: 1ms }
                \(settings)
                upstreams:
                  service: { servers: ["\(upstream.url)"], retry: { attempts: 2, on: [503], backoff: 1ms, budget: 100% } }
                routes:
                  - path: /page/*
                    timeout: 2s
                    fan_out:
                      - { name: first, upstream: service, path: /first }
                      - { name: second, upstream: service, path: /second }
                  - { path: /bad, fan_out: [{ name: bad, upstream: service, path: /bad }] }
                """, accessLog: true)
        }

        private static func upstream() async throws -> TestUpstream {
            let upstream = try await Page.upstream()
            upstream.on("/bad", .status(503, "{}"))
            return upstream
        }

        private static func lines(_ path: String) -> [String] {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map(String.init)
        }

        private static func object(_ line: String) -> [String: Any]? {
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }

        @Test("a log that nobody reads costs no request any time, and what it loses is counted and told")
        func slowSink() async throws {
            let upstream = try await Self.upstream()
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            try #require(reader >= 0)
            let gateway = try await Self.start(Self.slowSink, in: folder, upstream: upstream)
            let client = try await gateway.connect()
            let long = "/page/" + String(repeating: "x", count: 7_000)
            // 4 MiB may wait, and a pipe holds 64 KiB.
            for _ in 0..<700 {
                try await client.request("GET", long)
                #expect(try await client.reply().status == 200)
            }
            try await gateway.waitFor(event: "access_log_lines_dropped")
            let stats = try await gateway.admin("/stats").body
            let totals = try #require(Self.object(stats)?["totals"] as? [String: Any])
            let dropped = try #require((totals["access_log"] as? [String: Int])?["lines_dropped"])
            #expect((50...200).contains(dropped), "\(dropped)")
            let metrics = try await gateway.admin("/metrics").body
            #expect(metrics.contains("gateway_access_log_lines_dropped_total{worker=\"0\"} \(dropped)\n"))
            // No request waited for the log: all of them were done long before a worker would say so.
            let slowest = try #require((totals["latency_ms"] as? [String: Double])?["max"])
            #expect(slowest < 1_000, "\(slowest) ms")

            // Somebody reads again, and nothing of what was kept is missing.
            _ = fcntl(reader, F_SETFL, 0)
            let output = OutputLines(reading: reader)
            try await waitUntil("what was kept is read") { output.lines.count == 700 - dropped }
            _ = try await gateway.get("/page/last")
            try await waitUntil("the log goes on") { output.lines.contains { $0.contains("/page/last") } }
            #expect(output.lines.allSatisfy { Self.object($0) != nil })
            #expect(output.lines.count == 701 - dropped)
            let told = output.lines.compactMap { Self.object($0)?["lines_dropped"] as? Int }.reduce(0, +)
            #expect(told == dropped)
            gateway.stop()
        }

        @Test("USR1 leaves files that were renamed for new ones, and no line is lost")
        func rotation() async throws {
            let upstream = try await Self.upstream()
            let folder = try TemporaryFolder()
            let gateway = try await Self.start(
                "{ access_file: FOLDER/access.log }", in: folder, upstream: upstream)
            let access = "\(folder.path)/access.log"
            for _ in 0..<5 { _ = try await gateway.get("/page/1") }
            try await waitUntil("they are logged") { Self.lines(access).count == 5 }
            #expect(rename(access, "\(access).1") == 0)
            _ = try await gateway.get("/page/2")
            try await waitUntil("the old file has it") { Self.lines("\(access).1").count == 6 }
            gateway.signal(SIGUSR1)
            try await gateway.waitFor(event: "logs_reopened")
            try await waitUntil("the new file is there") { FileManager.default.fileExists(atPath: access) }
            for _ in 0..<5 { _ = try await gateway.get("/page/3") }
            try await waitUntil("the new file has them") { Self.lines(access).count == 5 }
            #expect(Self.lines("\(access).1").count == 6)
            #expect(Self.lines(access).allSatisfy { $0.contains("/page/3") })
            let mode = try FileManager.default.attributesOfItem(atPath: access)[.posixPermissions] as? Int
            #expect((mode ?? 0o777) & 0o007 == 0)
            gateway.stop()
        }

        @Test("the daemon's log in a file has every line as JSON, is reopened, and a reload moves it")
        func daemonFile() async throws {
            let upstream = try await Self.upstream()
            let folder = try TemporaryFolder()
            let gateway = try await Self.start("{}", in: folder, upstream: upstream)
            let file = "\(folder.path)/daemon.log"
            try gateway.rewrite("log: { file: \(file) }\nreload: { canary: 1ms }\n\(Page.configuration(upstream))")
            #expect(try await gateway.control("reload").exitCode == 0)
            try await waitUntil("the log is in the file") { Self.lines(file).contains { $0.contains("worker_") } }
            #expect(rename(file, "\(file).1") == 0)
            gateway.signal(SIGUSR1)
            try await waitUntil("there is a new one") { Self.lines(file).contains { $0.contains("logs_reopened") } }
            // A worker's last words are no JSON by themselves.
            let victim = try #require(try await gateway.stats().workers.first)
            gateway.signal(SIGSEGV, to: victim.pid)
            try await waitUntil("it was told", limit: .seconds(60)) {
                Self.lines(file).contains { $0.contains("worker_exited") }
            }
            let lines = Self.lines(file) + Self.lines("\(file).1")
            for line in lines { #expect(Self.object(line) != nil, "\(line)") }
            gateway.stop()
        }

        @Test("the level is changed at run time in all processes, also those that start later, until a reload")
        func level() async throws {
            let upstream = try await Self.upstream()
            let gateway = try await Self.start("{}", in: TemporaryFolder(), upstream: upstream)
            func events(_ name: String) -> Int { gateway.events.count { $0.event == name } }
            #expect(try await gateway.control("log-level").output == ["the log has what is at least info"])
            _ = try await gateway.get("/bad")
            #expect(try await gateway.control("log-level", "debug", "--json").output == [#"{"level":"debug"}"#])
            try await waitUntil("a worker tells more") {
                _ = try await gateway.get("/bad")
                return events("call_retried") > 0
            }
            let victim = try #require(try await gateway.stats().workers.first)
            gateway.signal(SIGKILL, to: victim.pid)
            try await waitUntil("it is replaced") { try await gateway.stats().supervisor.restarts_total == 1 }
            try await waitUntil("its successor serves") { (try? await gateway.get("/page/1").status) == 200 }
            let before = events("call_retried")
            _ = try await gateway.get("/bad")
            try await waitUntil("its successor tells as much") { events("call_retried") > before }
            #expect(try await gateway.control("log-level", "error").exitCode == 0)
            let started = events("worker_started")
            #expect(try await gateway.control("restart").exitCode == 0)
            #expect(events("worker_started") == started)
            #expect(try await gateway.control("log-level", "loud").exitCode == 64)

            try gateway.rewrite(
                "log: { level: warning }\nreload: { canary: 1ms }\n\(Page.configuration(upstream))")
            #expect(try await gateway.control("reload").exitCode == 0)
            #expect(try await gateway.control("log-level").output == ["the log has what is at least warning"])
            gateway.stop()
        }

        @Test("lines that go to the journal begin with their priority")
        func journal() async throws {
            let upstream = try await Self.upstream()
            let folder = try TemporaryFolder()
            let journal = "\(folder.path)/journal"
            try Data().write(to: URL(fileURLWithPath: journal))
            var status = stat()
            #expect(stat(journal, &status) == 0)
            try """
            listen: ["unix:\(folder.path)/http.sock"]
            admin: 127.0.0.1:0
            control: \(folder.path)/control.sock
            workers: 1
            upstreams: { service: { servers: ["\(upstream.url)"], circuit_breaker: { failures: 1 } } }
            routes: [{ path: /bad, fan_out: [{ name: bad, upstream: service, path: /bad }] }]
            """.write(toFile: "\(folder.path)/g.yaml", atomically: true, encoding: .utf8)
            let program = try Program(
                "/bin/sh",
                ["-c", "exec \(Program.gatewayd) --config \(folder.path)/g.yaml >>\(journal) 2>>\(journal)"],
                environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"])
            defer { program.stop() }
            try await waitUntil("it is ready") { Self.lines(journal).contains { $0.contains("all_ready") } }
            let client = try await RawClient.connect(path: "\(folder.path)/http.sock")
            try await client.request("GET", "/bad")
            _ = try await client.reply()
            try await waitUntil("both were logged") {
                let lines = Self.lines(journal)
                return lines.contains { $0.contains("circuit_opened") } && lines.contains { $0.contains("\"target\"") }
            }
            for line in Self.lines(journal) {
                let object = try #require(Self.object(String(line.dropFirst(3))), "\(line)")
                let expected = ["info": "<6>", "warning": "<4>", "error": "<3>"]
                #expect(line.prefix(3) == (expected[object["level"] as? String ?? "info"] ?? ""), "\(line)")
            }
            #expect(Self.lines(journal).contains { $0.hasPrefix("<4>") && $0.contains("circuit_opened") })
        }

        @Test("every line is JSON and one line, whatever clients send, and shows no secret")
        func hostile() async throws {
            let upstream = try await Self.upstream()
            let folder = try TemporaryFolder()
            let secret = "s3cr3t-\(UInt64.random(in: .min ... .max))"
            try secret.write(toFile: "\(folder.path)/key", atomically: true, encoding: .utf8)
            let gateway = try await Self.start(
                "{ level: debug }", in: folder, upstream: upstream,
                settings: """
                    restart: { backoff: 10ms }
                    """)
            _ = try await gateway.control("log-level", "debug")
            for target in ["/page/\"\\", "/page/%0d%0a%22", "/page/\u{7F}", "/page/a\tb", "/page/é", "/page/{\"a\":1}"]
            {
                let client = try await gateway.connect()
                try await client.request(
                    "GET", target,
                    headers: [
                        ("Authorization", "Bearer \(secret)"), ("Cookie", "id=\(secret)"),
                        ("X-Request-Id", "a\"b\\\(secret)"),
                    ])
                _ = try await client.reply()
            }
            _ = try await gateway.send("POST", "/page/1", body: secret)
            try await waitUntil("all are logged") { gateway.standardOutput.count == 7 }
            _ = try await gateway.control("why", "a\"b\nc")
            for line in gateway.standardOutput + gateway.program.errors.lines {
                #expect(Self.object(line) != nil, "\(line)")
                #expect(!line.contains(secret), "\(line)")
            }
            gateway.stop()
        }

        @Test("a sample of good requests, and all that failed or were slow, with the time of each call")
        func sample() async throws {
            let upstream = try await Self.upstream()
            let gateway = try await Self.start(
                "{ sample: 0%, slow: 150ms }", in: TemporaryFolder(), upstream: upstream)
            for _ in 0..<20 { #expect(try await gateway.get("/page/1").status == 200) }
            #expect(try await gateway.get("/bad").status == 502)
            upstream.on("/second", .delay(.milliseconds(200), then: .json("{}")))
            #expect(try await gateway.get("/page/slow").status == 200)
            try await waitUntil("both are logged") { gateway.standardOutput.count >= 2 }
            let lines = gateway.standardOutput.compactMap(Self.object)
            #expect(lines.map { $0["target"] as? String } == ["/bad", "/page/slow"])
            let calls = try #require(lines.last?["calls_ms"] as? [String: Double])
            #expect(calls.keys.sorted() == ["first", "second"])
            #expect((calls["second"] ?? 0) >= 200 && (calls["first"] ?? 200) < 200)
            gateway.stop()
        }

        @Test("on a terminal both logs are text")
        func terminal() async throws {
            let upstream = try await Self.upstream()
            let folder = try TemporaryFolder()
            try """
            listen: ["unix:\(folder.path)/http.sock"]
            admin: 127.0.0.1:0
            control: \(folder.path)/control.sock
            workers: 1
            \(Page.configuration(upstream))
            """.write(toFile: "\(folder.path)/g.yaml", atomically: true, encoding: .utf8)
            let terminal = try PseudoTerminal()
            let program = try terminal.start(Program.gatewayd, "--config", "\(folder.path)/g.yaml")
            defer { program.stop() }
            try await waitUntil("it is ready") { terminal.text.contains(" INFO    all_ready\r\n") }
            let client = try await RawClient.connect(path: "\(folder.path)/http.sock")
            try await client.request("GET", "/page")
            #expect(try await client.reply().status == 200)
            try await waitUntil("the request is logged") {
                terminal.text.contains("method=GET target=/page route=/page status=200")
            }
            #expect(!terminal.text.contains("{\"time\""))
        }
    }
}
