import Foundation
import Glibc
import Testing

extension RunningPrograms {
    /// The package and its units under a real systemd.
    @Suite(
        .serialized, .alone,
        .enabled(
            if: SystemdMachine.obstacle == nil && DebianPackage.isPossible,
            "\(SystemdMachine.obstacle ?? "dpkg-dev is not installed; make test installs it")"))
    struct MachineTests {
        private static let package = Task { try await DebianPackage.build(version: "1.0.0") }

        private func boot(settings: String = "") async throws -> SystemdMachine {
            try await SystemdMachine.boot(with: Self.package.value, settings: settings)
        }

        @Test(
            "an installed service serves when its start returns, shows how it is, reloads, and is gone after a purge",
            .tags(.slow))
        func installation() async throws {
            let machine = try await boot()
            #expect(try await machine.get("/page").body == #"{"user":{"id":1}}"#, "it was READY before dpkg ended")
            #expect(try await machine.property("ActiveState") == "active")
            #expect(try await machine.output("systemctl", "is-enabled", "gatewayd.service") == "enabled")
            #expect(try await machine.run("systemctl", "is-enabled", "gatewayd.socket").output == ["disabled"])

            // How it is, for people.
            let load = LoadClients.start(socketPath: machine.socketPath, connections: 4, path: "/page")
            try await waitUntil("the status line has workers and rate") {
                let status = try await machine.output("systemctl", "status", "gatewayd.service")
                let line = status.split(separator: "\n").first { $0.contains("Status:") } ?? ""
                return line.firstMatch(of: /"2\/2 workers ready, [1-9][0-9]* requests\/s"/) != nil
            }
            #expect(await load.stop().failures == [])

            // A reload takes what is new, and says what is wrong.
            try machine.write(
                SystemdMachine.configuration("access_log: false"), to: "/etc/gatewayd/gatewayd.yaml")
            try await machine.output("systemctl", "reload", "gatewayd.service")
            try await waitUntil("the new configuration is in use") {
                try await machine.stats().supervisor.generation == 2
            }
            try machine.write("listen: [nowhere]", to: "/etc/gatewayd/gatewayd.yaml")
            #expect(try await machine.run("systemctl", "reload", "gatewayd.service").exitCode != 0)
            #expect(try await machine.get("/page").status == 200)
            try await waitUntil("the journal has the mistake with its place") {
                try await machine.journal().contains { $0.message.contains("gatewayd.yaml:1:10") }
            }

            // The package takes away all that it brought.
            let files = try await machine.output("dpkg", "--listfiles", "gatewayd").split(separator: "\n").map(
                String.init)
            let own = files.filter { $0.contains("gatewayd") || $0.contains("gatewayctl") }
            #expect(own.count > 15)
            try await machine.output("dpkg", "--no-triggers", "--purge", "gatewayd")
            let rest = own + ["/run/gatewayd", "/var/log/gatewayd", "/etc/systemd/system/gatewayd.service"]
            #expect(rest.filter { FileManager.default.fileExists(atPath: machine.path($0)) } == [])
            #expect(try await machine.run("getent", "passwd", "gatewayd").exitCode == 2)
            #expect(try await machine.run("systemctl", "status", "gatewayd.service").exitCode == 4, "no such unit")
            #expect(try await machine.output("ps", "-e", "-o", "comm").contains("gatewayd") == false)
        }

        @Test("the sandbox of the unit is tight, and lines in the journal have priority and fields")
        func sandbox() async throws {
            let machine = try await boot()
            let analysis = try await machine.output("systemd-analyze", "security", "--no-pager", "gatewayd.service")
            let overall = try #require(
                analysis.firstMatch(of: /Overall exposure level for gatewayd.service: ([0-9.]+)/))
            #expect(try #require(Double(overall.1)) <= 1.5)

            let worker = try #require(try await machine.stats().workers.first)
            try await machine.output("pkill", "--signal", "KILL", "--full", "worker --slot \(worker.id) ")
            try await waitUntil("the journal has a line for each event, by its weight") {
                let lines = try await machine.journal().filter { $0.message.hasPrefix("{") }
                let weights = Dictionary(lines.compactMap { line in line.event.map { ($0, line.priority) } }) { $1 }
                // 6 is information and 3 an error, sd-daemon(3).
                return weights["all_ready"] == "6" && weights["worker_exited"] == "3"
            }
            for line in try await machine.journal().filter({ $0.message.hasPrefix("{") }) {
                #expect(line.unit == "gatewayd.service" && line.identifier == "gatewayd" && line.event != nil)
            }
        }

        @Test("an upgrade of the package takes over in place and loses no request", .tags(.slow))
        func upgrade() async throws {
            let next = try await DebianPackage.build(version: "1.0.1")
            let machine = try await boot()
            let before = try await machine.stats()
            let main = try await machine.property("MainPID")
            let load = LoadClients.start(socketPath: machine.socketPath, connections: 8, path: "/page")
            try await waitUntil("load is under way") { load.answered > 100 }
            try await machine.install(next)
            let answered = load.answered
            try await waitUntil("load goes on") { load.answered > answered + 100 }
            #expect(await load.stop().failures == [])
            let after = try await machine.stats()
            #expect(try await machine.property("MainPID") == main)
            #expect(after.supervisor.generation == before.supervisor.generation + 1)
            #expect(Set(after.workers.map(\.pid)).isDisjoint(with: before.workers.map(\.pid)))
            #expect(after.totals.requests.total >= answered)
            #expect(try await machine.output("dpkg-query", "-W", "-f", "${Version}", "gatewayd") == "1.0.1")
            #expect(try await machine.property("NRestarts") == "0")
        }

        @Test("a killed supervisor is followed by another one, without orphans, and no connection is refused meanwhile")
        func death() async throws {
            let machine = try await boot()
            let before = try await machine.stats()
            // A new connection for each request, as fast as they come.
            let requests =
                "for i in $(seq 150); do curl -s -o /dev/null -w '%{exitcode}\\n' http://127.0.0.1:8080/page; done"
            let clients = try machine.start(["bash", "-c", requests])
            defer { clients.stop() }
            for death in 1...2 {
                let answered = clients.output.lines.count
                try await waitUntil("requests are under way") { clients.output.lines.count > answered + 10 }
                try await machine.output("kill", "-KILL", machine.property("MainPID"))
                try await waitUntil("it is there again") {
                    guard try await machine.property("NRestarts") == "\(death)" else { return false }
                    return try await machine.property("ActiveState") == "active"
                }
            }
            #expect(try await clients.exit(limit: .seconds(60)) == 0)
            // 7 is refused. What was in progress with a worker that had to leave may be reset: 52 and 56.
            #expect(!clients.output.lines.contains("7"), "\(clients.output.lines)")
            #expect(clients.output.lines.count { $0 == "0" } >= 140)
            let after = try await machine.stats()
            let old = Set(before.workers.map(\.pid) + [before.supervisor.pid])
            let all = try await machine.output("pgrep", "gatewayd").split(separator: "\n").compactMap { Int32($0) }
            #expect(old.isDisjoint(with: all) && all.count == 4, "supervisor, admin and two workers, all of them new")
            #expect(after.workers.count { all.contains($0.pid) } == 2)
            #expect(try await machine.get("/page").status == 200, "the unix socket too is the one that was kept")
        }

        @Test("the watchdog restarts a supervisor that hangs")
        func watchdog() async throws {
            let machine = try await boot()
            try machine.write("[Service]\nWatchdogSec=1s\n", to: "/etc/systemd/system/gatewayd.service.d/test.conf")
            try await machine.output("systemctl", "daemon-reload")
            try await machine.output("systemctl", "restart", "gatewayd.service")
            try await machine.output("kill", "-STOP", machine.property("MainPID"))
            try await waitUntil("it was restarted") { try await machine.property("NRestarts") == "1" }
            try await waitUntil("it is there again") { try await machine.property("ActiveState") == "active" }
            #expect(try await machine.get("/page").status == 200)
            #expect(try await machine.journal(unit: "init.scope").contains { $0.message.contains("Watchdog timeout") })
        }

        @Test("with the socket unit the first request starts the service, and is answered")
        func activation() async throws {
            let machine = try await boot()
            try await machine.output("systemctl", "stop", "gatewayd.service")
            try await machine.output("systemctl", "start", "gatewayd.socket")
            #expect(try await machine.property("ActiveState") == "inactive")
            #expect(try await machine.output("curl", "-s", "http://127.0.0.1:8080/page") == #"{"user":{"id":1}}"#)
            // A worker may have answered before all of them were ready.
            try await waitUntil("it was ready") { try await machine.property("ActiveState") == "active" }
            #expect(try await machine.get("/page").status == 200)
            try await machine.output("systemctl", "stop", "gatewayd.service")
            #expect(try await machine.get("/page").status == 200, "it was started again over the unix socket")
        }

        @Test("a worker that the kernel kills for want of memory is restarted, and the unit goes on")
        func memory() async throws {
            let machine = try await boot()
            try await machine.output(
                "systemctl", "set-property", "gatewayd.service", "MemoryMax=160M", "MemorySwapMax=0")
            let main = try await machine.property("MainPID")
            let greedy = try await RawClient.connect(path: machine.socketPath)
            try await greedy.request("GET", "/big")
            try await waitUntil("one was killed and has a successor") {
                let stats = try await machine.stats()
                return stats.supervisor.restarts_total >= 1 && stats.supervisor.workers_ready == 2
            }
            let exits = try await machine.stats().workers.compactMap(\.last_exit?.reason)
            #expect(!exits.isEmpty && exits.allSatisfy { $0 == "signal SIGKILL" }, "\(exits)")
            #expect(try await machine.property("MainPID") == main)
            #expect(try await machine.property("ActiveState") == "active")
            #expect(try await machine.get("/page").status == 200)
        }

        @Test("a stop answers what is in progress and ends within its limit", .tags(.slow))
        func stop() async throws {
            let machine = try await boot(settings: "drain: 10s")
            let client = try await RawClient.connect(path: machine.socketPath)
            try await client.request("GET", "/slow")
            try await waitUntil("it is in progress") {
                try await machine.stats().workers.contains { $0.requests.in_flight == 1 }
            }
            let began = ContinuousClock.now
            try await machine.output("systemctl", "stop", "gatewayd.service")
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(try await client.reply().status == 200)
            #expect(try await machine.property("Result") == "success")
            #expect(try await machine.property("ActiveState") == "inactive")
        }
    }
}

/// A line of the journal.
private struct JournalLine: Decodable {
    var message: String
    var priority: String?
    var unit: String?
    var identifier: String?

    /// The field `event` of a line that is one of the daemon's log.
    var event: String? {
        ((try? JSONSerialization.jsonObject(with: Data(message.utf8))) as? [String: Any])?["event"] as? String
    }

    private enum CodingKeys: String, CodingKey {
        case message = "MESSAGE"
        case priority = "PRIORITY"
        case unit = "_SYSTEMD_UNIT"
        case identifier = "SYSLOG_IDENTIFIER"
    }
}

extension SystemdMachine {
    /// What a unit has written to the journal.
    fileprivate func journal(unit: String = "gatewayd.service") async throws -> [JournalLine] {
        let lines = try await output("journalctl", "--output=json", "--no-pager", "_SYSTEMD_UNIT=\(unit)")
        return lines.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(JournalLine.self, from: Data($0.utf8))
        }
    }
}
