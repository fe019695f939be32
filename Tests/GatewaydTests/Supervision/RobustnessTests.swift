import Foundation
import Testing

extension RunningPrograms {
    /// What the supervisor outlives.
    @Suite(.serialized, .alone) struct RobustnessTests {
        /// A daemon that a shell has started in its own way; it listens on unix sockets, since its log may be lost.
        private struct Odd {
            let folder: TemporaryFolder
            let program: Program
            var http: String { "\(folder.path)/http.sock" }
            var control: String { "\(folder.path)/control.sock" }

            /// - Parameter shell: What runs the prelude, which finds the daemon's folder in `$FOLDER`.
            init(
                _ prelude: String, _ redirection: String = "", shell: [String] = ["/bin/sh"], upstream: TestUpstream,
                workers: Int
            ) throws {
                folder = try TemporaryFolder()
                let file = "\(folder.path)/gatewayd.yaml"
                try """
                listen: ["unix:\(folder.path)/http.sock"]
                admin: 127.0.0.1:0
                control: \(folder.path)/control.sock
                workers: \(workers)
                reload: { canary: 1ms }
                \(Page.configuration(upstream))
                """.write(toFile: file, atomically: true, encoding: .utf8)
                let script =
                    "FOLDER=\(folder.path); \(prelude) exec \(Program.gatewayd) --config \(file) \(redirection)"
                program = try Program(shell[0], shell.dropFirst() + ["-c", script])
            }

            func isWell() async throws -> Bool {
                try await Program.run(Program.gatewayctl, "status", "--socket", control).exitCode == 0
            }

            func get() async throws -> Int {
                let client = try await RawClient.connect(path: http)
                try await client.request("GET", "/page")
                return try await client.reply().status
            }

            func workers() async throws -> [pid_t] {
                let status = try await Program.run(Program.gatewayctl, "status", "--json", "--socket", control)
                struct Status: Decodable {
                    struct Worker: Decodable { var pid: pid_t }
                    var workers: [Worker]
                }
                return try JSONDecoder().decode(Status.self, from: Data(status.output.joined().utf8)).workers.map(\.pid)
            }
        }

        @Test("a disk that is full for every log costs no request, and no restart, reload or upgrade")
        func fullDisk() async throws {
            let odd = try Odd("", ">/dev/full 2>/dev/full", upstream: try await Page.upstream(), workers: 2)
            defer { odd.program.stop() }
            try await waitUntil("it is well") { try await odd.isWell() }
            for _ in 0..<20 { #expect(try await odd.get() == 200) }
            let before = try await odd.workers()
            kill(before[0], SIGKILL)
            try await waitUntil("the worker is back") {
                guard try await odd.workers()[0] != before[0] else { return false }
                return try await odd.isWell()
            }
            for command in ["reload", "upgrade"] {
                let change = try await Program.run(Program.gatewayctl, command, "--socket", odd.control)
                #expect(change.exitCode == 0, "\(command): \(change)")
            }
            #expect(try await odd.get() == 200)
            #expect(odd.program.exitCode == nil)
            odd.program.signal(SIGTERM)
            #expect(try await odd.program.exit() == 0)
        }

        @Test(
            "logs on a disk that fills up go on where there is room again, and nothing else notices",
            .enabled(if: getuid() == 0, "only root may mount a small disk"))
        func diskFillsUp() async throws {
            let odd = try Odd(
                "mkdir $FOLDER/logs && mount -t tmpfs -o size=64k logs $FOLDER/logs &&",
                ">>$FOLDER/logs/access 2>>$FOLDER/logs/errors", shell: ["/usr/bin/unshare", "--mount", "/bin/sh"],
                upstream: try await Page.upstream(), workers: 2)
            defer { odd.program.stop() }
            try await waitUntil("it is well") { try await odd.isWell() }
            // The disk is in the daemon's mount namespace only, which is seen through its root.
            let logs = "/proc/\(odd.program.pid)/root\(odd.folder.path)/logs"
            func lines(_ name: String) throws -> [String] {
                // Cut lines may end within a character.
                String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(logs)/\(name)")), as: UTF8.self)
                    .split(separator: "\n").map(String.init)
            }
            let filler = open("\(logs)/filler", O_WRONLY | O_CREAT, 0o600)
            let page = [UInt8](repeating: 0, count: 4_096)
            for _ in 0..<100 where write(filler, page, page.count) < 0 { break }
            #expect(write(filler, page, 1) < 0 && errno == ENOSPC)
            close(filler)
            for _ in 0..<50 { #expect(try await odd.get() == 200) }
            let before = try await odd.workers()
            kill(before[1], SIGKILL)
            try await waitUntil("the worker is back") {
                guard try await odd.workers()[1] != before[1] else { return false }
                return try await odd.isWell()
            }
            #expect(try await Program.run(Program.gatewayctl, "reload", "--socket", odd.control).exitCode == 0)
            unlink("\(logs)/filler")
            // The first line may follow one that was cut when the disk was full.
            for count in 1...2 {
                odd.program.signal(SIGUSR1)
                try await waitUntil("its log goes on") {
                    try lines("errors").count { $0.contains(#""signal":"SIGUSR1""#) } >= count
                }
            }
            #expect(LogEvent(try #require(try lines("errors").last)) != nil)
            let written = try lines("access").count
            #expect(try await odd.get() == 200)
            try await waitUntil("the access log goes on") { try lines("access").count > written }
            #expect(odd.program.exitCode == nil)
        }

        @Test("without a free descriptor it waits, and is well again as soon as there are some", .tags(.slow))
        func noDescriptors() async throws {
            // With one worker the supervisor has some twenty open.
            let odd = try Odd("ulimit -n 40;", upstream: try await Page.upstream(), workers: 1)
            defer { odd.program.stop() }
            try await waitUntil("it is well") { try await odd.isWell() }
            let worker = try #require(try await odd.workers().first)
            // Each is held until its time is up; those that find no room wait in the queue.
            var clients: [RawClient] = []
            for _ in 0..<32 { clients.append(try await RawClient.connect(path: odd.control)) }
            try await waitUntil("it has no descriptor left") {
                ProcessFiles.descriptors(of: odd.program.pid).count >= 39
            }
            kill(worker, SIGKILL)
            try await waitUntil("it noticed") { odd.program.errors.lines.contains { $0.contains("worker_exited") } }
            clients = []
            try await waitUntil("it is well again") { try await odd.isWell() }
            #expect(try await odd.workers().first != worker)
            #expect(try await odd.get() == 200 && odd.program.exitCode == nil)
        }

        @Test("a storm of every signal that asks for something leaves it well, and no request is lost")
        func storm() async throws {
            let gateway = try await Gateway.start(
                Page.configuration(try await Page.upstream(), settings: "reload: { canary: 1ms }"), workers: 2)
            let load = LoadClients.start(port: gateway.port, connections: 4, path: "/page", reconnects: true)
            for round in 0..<1_000 {
                gateway.signal([SIGTTIN, SIGTTOU, SIGUSR1, SIGHUP, SIGWINCH, SIGCHLD][round % 6])
            }
            // It is queued behind whatever the storm has left.
            #expect(try await gateway.control("scale", "2").exitCode == 0)
            try await waitUntil("it is well, with two workers") {
                let stats = try await gateway.stats()
                guard stats.supervisor.workers_wanted == 2, stats.supervisor.state == "running" else { return false }
                return try await gateway.control("status").exitCode == 0
            }
            #expect(await load.stop().failures == [])
            gateway.stop()
        }

        @Test("with eight workers the supervisor has at most 15 MB of memory of its own")
        func memory() async throws {
            let gateway = try await Gateway.start(Page.configuration(try await Page.upstream()), workers: 8)
            let rollup = try String(contentsOfFile: "/proc/\(gateway.pid)/smaps_rollup", encoding: .utf8)
            let own = rollup.split(separator: "\n").filter { $0.hasPrefix("Private_") }
                .compactMap { Int($0.split(separator: " ").dropFirst().first ?? "") }.reduce(0, +)
            #expect(own > 0 && own <= (15 << 10), "\(own) KiB")
            gateway.stop()
        }
    }
}
