import Base
import Foundation
import Testing

extension RunningPrograms {
    /// Everything at once, at random: whatever happens, each request is answered or has a killed worker to blame.
    @Suite(.serialized, .alone) struct ChaosTests {
        private static let seconds = number("CHAOS_SECONDS").map { Int($0) } ?? 8
        private static let seed = number("CHAOS_SEED") ?? UInt64.random(in: 1...1_000_000)
        private static let workers = 3
        private static let actions = ["kill", "segv", "stop", "reload", "scale", "upgrade", "upstream", "admin"]

        private static func number(_ name: String) -> UInt64? {
            ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
        }

        private static func configuration(_ upstream: TestUpstream) -> String {
            """
            drain: 5s
            heartbeat_stale: 1s
            reload: { canary: 50ms }
            restart: { backoff_max: 200ms, intensity: 1000 }
            upstreams: { service: { servers: ["\(upstream.url)"] } }
            routes:
              - path: /page
                timeout: 1s
                fan_out:
                  - { name: first, upstream: service, path: /first, required: true }
                  - { name: second, upstream: service, path: /second }
            """
        }

        @Test(
            "under load, while workers are killed, configurations rolled and programs replaced, every request is accounted for",
            .tags(.slow)
        )
        func accounts() async throws {
            print("chaos: \(Self.seconds) s with the seed \(Self.seed)")
            let upstream = try await Page.upstream()
            let installed = try InstalledProgram()
            let gateway = try await Gateway.start(
                Self.configuration(upstream), workers: Self.workers, accessLog: true,
                as: .init(executable: installed.path))
            let nginx = try await Nginx.start(clients: gateway.port, admin: gateway.adminPort)
            let descriptorsBefore = ProcessFiles.descriptors(of: gateway.pid).count
            let totalBefore = try await gateway.stats().totals.requests.total
            let direct = ChaosClients(port: gateway.port, path: "/page", count: 12)
            let throughNginx = ChaosClients(port: nginx.port, path: "/page", count: 6)
            let done = try await disturb(gateway, upstream, installed)
            try await calmDown(gateway, upstream)
            let seen = (direct: try await direct.stop(), nginx: try await throughNginx.stop())
            try await account(for: seen, gateway, since: totalBefore, done)
            do {
                try await waitUntil("the supervisor has no more open than before") {
                    ProcessFiles.descriptors(of: gateway.pid).count <= descriptorsBefore + 2
                }
            } catch {
                let left = ProcessFiles.descriptors(of: gateway.pid).sorted { $0.key < $1.key }.map(\.value)
                Issue.record(
                    "seed \(Self.seed): \(descriptorsBefore) before, now \(left); \(try await gateway.stats().workers)")
            }
            gateway.signal(SIGTERM)
            #expect(try await gateway.exit() == 0)
            let ends = Set(["worker_exited", "worker_start_failed"])
            let started = Set(gateway.events.filter { $0.event == "worker_started" }.compactMap(\.pid))
            let ended = Set(gateway.events.filter { ends.contains($0.event) }.compactMap(\.pid))
            // Each worker led a group: what it had started, such as the runtime's backtracer, was in it.
            let left = started.flatMap(ProcessFiles.running(inGroup:))
            #expect(left.isEmpty, "seed \(Self.seed): \(left)")
            #expect(started == ended, "seed \(Self.seed): every worker was reaped, and its end told")
            // Nothing that it started is left, and so no memory that was shared.
            do {
                try await waitUntil("nothing was left") { ProcessFiles.running(from: installed.folder.path).isEmpty }
            } catch {
                Issue.record("seed \(Self.seed): \(ProcessFiles.running(from: installed.folder.path))")
            }
            #expect(!FileManager.default.fileExists(atPath: gateway.controlPath))
            withExtendedLifetime(nginx) {}
        }

        /// Does one thing after another, at random; how often it did which.
        private func disturb(
            _ gateway: Gateway, _ upstream: TestUpstream, _ installed: InstalledProgram
        ) async throws -> [String: Int] {
            var random = SplitMix64(seed: Self.seed)
            var done: [String: Int] = [:]
            let end = ContinuousClock.now + .seconds(Self.seconds)
            while ContinuousClock.now < end {
                let action = Self.actions.randomElement(using: &random) ?? "kill"
                done[action, default: 0] += 1
                try await perform(action, gateway, upstream, installed, &random)
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...400, using: &random)))
            }
            return done
        }

        private func perform(
            _ action: String, _ gateway: Gateway, _ upstream: TestUpstream, _ installed: InstalledProgram,
            _ random: inout SplitMix64
        ) async throws {
            switch action {
            case "kill", "segv", "stop":
                // The admin process may just have been killed.
                guard let stats = try? await gateway.stats(),
                    let victim = stats.workers.filter({ $0.pid > 0 }).randomElement(using: &random)
                else { return }
                gateway.signal(["kill": SIGKILL, "segv": SIGSEGV, "stop": SIGSTOP][action] ?? SIGKILL, to: victim.pid)
            case "reload": gateway.signal(SIGHUP)
            case "scale": _ = try await gateway.control("scale", "\(Int.random(in: 1...5, using: &random))")
            case "upgrade":
                try installed.replace()
                gateway.signal(SIGUSR2)
            case "upstream":
                let broken: [Behaviour] = [
                    .reset, .closeEarly, .status(500, "{}"), .delay(.milliseconds(50), then: .json("{}")), .never,
                    .json("no json"),
                ]
                upstream.on("/first", broken.randomElement(using: &random) ?? .reset)
                upstream.on("/second", broken.randomElement(using: &random) ?? .reset)
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...300, using: &random)))
                mend(upstream)
            default:
                if let pid = try? await gateway.stats().admin?.pid, pid > 0 { gateway.signal(SIGKILL, to: pid) }
            }
        }

        private func mend(_ upstream: TestUpstream) {
            upstream.on("/first", .json(#"{"n":1}"#))
            upstream.on("/second", .json(#"{"n":2}"#))
        }

        /// Waits until all that was begun is over, and everything is as it was at first.
        private func calmDown(_ gateway: Gateway, _ upstream: TestUpstream) async throws {
            mend(upstream)
            try await waitUntil("the daemon was well again", limit: .seconds(60)) {
                guard try await gateway.control("scale", "\(Self.workers)").exitCode == 0,
                    let stats = try? await gateway.stats()
                else { return false }
                return stats.supervisor.state == "running" && stats.supervisor.reload?.outcome != "queued"
                    && stats.supervisor.workers_ready == Self.workers
                    && stats.workers.allSatisfy { ["ready", "dead"].contains($0.state) }
            }
        }

        private func account(
            for seen: (direct: ChaosClients.Seen, nginx: ChaosClients.Seen), _ gateway: Gateway, since before: Int,
            _ done: [String: Int]
        ) async throws {
            try await waitUntil("nothing was under way") {
                try await gateway.stats().totals.requests.in_flight == 0
            }
            let counted = try await gateway.stats().totals.requests.total - before
            let answered = seen.direct.answered + seen.nginx.answered
            // The access log is written behind the answers.
            try await waitUntil("the access log is written") {
                gateway.standardOutput.count >= seen.direct.answered
            }
            let account = ChaosAccount(events: gateway.events, accessLog: gateway.standardOutput)
            let failures = (direct: seen.direct.failures.count, nginx: seen.nginx.failures.count)
            print(
                "chaos: \(answered) answered, \(counted) counted, \(account.kills.count) workers ended, "
                    + "\(account.lost) requests lost with them; \(failures) failures; "
                    + "\(seen.direct.byStatus) \(seen.nginx.byStatus) \(try await gateway.stats().totals.requests.by_class); "
                    + done.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            #expect(answered > 100 * Self.seconds / 8)
            let unexplained = account.unexplained(seen.direct.failures, isDirect: true)
            #expect(unexplained.isEmpty, "seed \(Self.seed): \(unexplained.prefix(5)) of \(unexplained.count)")
            let behind = account.unexplained(seen.nginx.failures, isDirect: false)
            #expect(behind.isEmpty, "seed \(Self.seed): \(behind.prefix(5)) of \(behind.count)")
            // A worker that is killed between counting an answer and sending it has one more that nobody got, and lost none.
            let unsent = account.kills.count
            #expect(answered <= counted && counted <= answered + account.lost + unsent, "seed \(Self.seed)")
        }
    }
}
