import Base
import Configuration
import Foundation
import Glibc
import Processes
import Testing

@testable import Supervision

/// A supervisor in a thread of its own whose children are a script that follows the protocol, seen through its log and
/// its control socket.
private final class Cluster: Sendable {
    let directory: String
    let lines = Locked<[String]>([])
    let exitCode = Locked<Int32?>(nil)

    /// Says ready, then waits for `drain` or the end of its channel.
    private static let script = """
        #!/usr/bin/perl
        use strict;
        my %option;
        my $role = shift @ARGV;
        while (@ARGV) { my $key = shift @ARGV; $option{$key} = $key eq '--probe' ? 1 : shift @ARGV; }
        exit 78 if -e "DIRECTORY/refuse" && $role eq "worker";
        open(my $channel, '+<&=', $option{'--channel'}) or exit 70;
        syswrite($channel, 'ready');
        my $set = '';
        vec($set, fileno($channel), 1) = 1;
        select(my $readable = $set, undef, undef, undef);
        sysread($channel, my $message, 1024);
        sleep 100 if -e "DIRECTORY/stubborn" && $role eq "worker" && $message eq 'drain';
        exit 0;
        """

    /// `marks` are names of files that make workers misbehave; see the script.
    init(
        companions: [SupervisorOptions.Companion] = [], marks: [String] = [],
        change: (inout Configuration) -> Void = { _ in }
    ) throws {
        var template = Array("/tmp/gatewayd-test-XXXXXX".utf8CString)
        directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        for mark in marks { try Data().write(to: URL(fileURLWithPath: "\(directory)/\(mark)")) }
        let script = Self.script.replacingOccurrences(of: "DIRECTORY", with: directory)
        try Data(script.utf8).write(to: URL(fileURLWithPath: directory + "/child"))
        chmod(directory + "/child", 0o700)
        var configuration = try Self.configuration()
        configuration.sockets.control = directory + "/control.sock"
        configuration.sockets.listen.append(.unix(path: directory + "/http.sock"))
        change(&configuration)
        var options = SupervisorOptions(
            configuration: configuration, configurationBytes: Array("x".utf8), configurationPath: "(test)",
            version: "0.0.0-test")
        options.executable = directory + "/child"
        options.companions = companions
        options.logSink = { [self] line in lines.withLock { $0.append(line) } }
        nonisolated(unsafe) let handed = options  // used by the new thread only, from here on
        Thread { [self] in
            let code = Supervisor(handed).run()
            exitCode.withLock { $0 = code }
        }.start()
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func configuration() throws -> Configuration {
        let text = """
            listen: [127.0.0.1:0]
            admin: 127.0.0.1:0
            control: /nowhere
            workers: 2
            upstreams: { users: { servers: ["http://127.0.0.1:1"] } }
            routes: [{ path: /x, fan_out: [{ name: u, upstream: users, path: /u }] }]
            """
        return try Configuration.load(text.utf8, path: "test.yaml", environment: [:]).configuration
    }

    /// Asks the control socket and returns the answer as JSON.
    func ask(_ command: String) throws -> [String: Any] {
        let answer = try ControlClient.ask(command, socket: directory + "/control.sock")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])
    }

    /// Waits until a condition holds, at most twenty seconds.
    func wait(for what: String, _ condition: () throws -> Bool) rethrows {
        let end = MonotonicTime.now() + .seconds(20)
        while MonotonicTime.now() < end {
            if try condition() { return }
            var none = pollfd()
            poll(&none, 0, 10)
        }
        Issue.record("never came: \(what)\n\(lines.withLock { $0.joined() })")
    }

    func hasLogged(_ event: String, times: Int = 1) -> Bool {
        lines.withLock { $0.count { $0.contains("\"event\":\"\(event)\"") } } >= times
    }

    func worker(_ slot: Int) throws -> [String: Any] {
        let workers = try #require(try ask("stats")["workers"] as? [[String: Any]])
        return try #require(workers.first { $0["id"] as? Int == slot })
    }

    func pid(_ process: [String: Any]) throws -> Int32 { Int32(try #require(process["pid"] as? Int)) }

    /// Ends it and checks that no process of it is left.
    func stop(expecting code: Int32 = 0) throws {
        let pids = try ask("stats").values.compactMap { $0 as? [[String: Any]] }.joined().map { try pid($0) }
        _ = try? ask("stop")
        wait(for: "the supervisor's end") { exitCode.withLock { $0 != nil } }
        #expect(exitCode.withLock { $0 } == code)
        for pid in pids where pid > 0 { #expect(kill(pid, 0) == -1 && errno == ESRCH) }
        #expect(access(directory + "/control.sock", F_OK) != 0)
    }
}

@Suite(.serialized, .enabled(if: access("/usr/bin/perl", X_OK) == 0, "the child processes need /usr/bin/perl"))
struct SupervisorTests {
    @Test("all become ready and leave without a remainder")
    func allBecome() throws {
        let cluster = try Cluster(companions: [.init(name: "extra", arguments: ["extra"])])
        cluster.wait(for: "all ready") { cluster.hasLogged("all_ready") }
        let status = try cluster.ask("status")
        let supervisor = try #require(status["supervisor"] as? [String: Any])
        #expect(supervisor["state"] as? String == "running")
        #expect(supervisor["workers_ready"] as? Int == 2)
        #expect(cluster.hasLogged("companion_ready"))
        #expect(try cluster.ask("nonsense")["error"] != nil)
        try cluster.stop()
        #expect(!cluster.hasLogged("drain_timeout"))
    }

    @Test("a killed worker is replaced and its end is reported")
    func killedWorker() throws {
        let cluster = try Cluster()
        cluster.wait(for: "all ready") { cluster.hasLogged("all_ready") }
        let first = try cluster.pid(try cluster.worker(1))
        kill(first, SIGKILL)
        cluster.wait(for: "a new worker") { cluster.hasLogged("worker_ready", times: 3) }
        let worker = try cluster.worker(1)
        #expect(try cluster.pid(worker) != first)
        #expect(worker["restarts"] as? Int == 1)
        #expect((worker["last_exit"] as? [String: Any])?["reason"] as? String == "signal SIGKILL")
        #expect(try #require(try cluster.ask("stats")["supervisor"] as? [String: Any])["restarts_total"] as? Int == 1)
        try cluster.stop()
    }

    @Test("a killed admin process is replaced")
    func killedAdmin() throws {
        let cluster = try Cluster()
        cluster.wait(for: "all ready") { cluster.hasLogged("all_ready") }
        kill(try cluster.pid(try #require(try cluster.ask("stats")["admin"] as? [String: Any])), SIGKILL)
        cluster.wait(for: "a new admin process") { cluster.hasLogged("admin_ready", times: 2) }
        try cluster.stop()
    }

    @Test("a worker without a heartbeat is aborted and replaced")
    func workerWithout() throws {
        let cluster = try Cluster { $0.lifecycle.heartbeatStale = .milliseconds(200) }
        cluster.wait(for: "an unresponsive worker") { cluster.hasLogged("worker_unresponsive") }
        try cluster.wait(for: "its replacement") {
            (try cluster.worker(0)["last_exit"] as? [String: Any])?["reason"] as? String == "unresponsive"
        }
        try cluster.stop()
    }

    @Test("workers that cannot start hold their slots and degrade the daemon")
    func workersCannot() throws {
        let cluster = try Cluster(marks: ["refuse"]) {
            $0.lifecycle.restart.backoff = .milliseconds(1)
            $0.lifecycle.restart.intensity = 3
        }
        cluster.wait(for: "held slots") { cluster.hasLogged("worker_held", times: 2) }
        #expect(cluster.hasLogged("worker_start_failed", times: 6))
        try cluster.wait(for: "the state") {
            (try cluster.ask("stats")["supervisor"] as? [String: Any])?["state"] as? String == "degraded"
        }
        #expect(try cluster.worker(0)["state"] as? String == "held")
        #expect(cluster.lines.withLock { $0.contains { $0.contains("does not accept the configuration") } })
        try cluster.stop()
    }

    @Test("a worker that does not leave is killed at the limit")
    func workerDoes() throws {
        let cluster = try Cluster(marks: ["stubborn"]) { $0.lifecycle.drain = .milliseconds(100) }
        cluster.wait(for: "all ready") { cluster.hasLogged("all_ready") }
        try cluster.stop()
        #expect(cluster.hasLogged("worker_drain_timeout", times: 2))
    }

    @Test("a drain closes the listeners and only a second stop kills at once")
    func drainCloses() throws {
        let cluster = try Cluster(marks: ["stubborn"])
        cluster.wait(for: "all ready") { cluster.hasLogged("all_ready") }
        let path = cluster.directory + "/http.sock"
        #expect(access(path, F_OK) == 0)
        #expect(try cluster.ask("drain")["state"] as? String == "draining")
        #expect(access(path, F_OK) != 0)
        #expect(try cluster.ask("drain")["state"] as? String == "draining")
        try cluster.stop(expecting: 1)
        #expect(cluster.hasLogged("killing"))
    }

    @Test("an address in use ends with 69 and says so")
    func addressUse() throws {
        let taken = try ListeningSocket(bindingTo: SocketAddress(host: "127.0.0.1", port: 0))
        let port = try #require(taken.address.port)
        let cluster = try Cluster { $0.sockets.listen = [.tcp(host: "127.0.0.1", port: port)] }
        cluster.wait(for: "the end") { cluster.exitCode.withLock { $0 != nil } }
        #expect(cluster.exitCode.withLock { $0 } == 69)
        let text = "cannot bind 127.0.0.1:\(port): Address already in use"
        #expect(cluster.lines.withLock { $0.contains { $0.contains(text) } })
    }

    @Test("a client that never speaks does not keep others waiting")
    func clientNever() throws {
        let cluster = try Cluster()
        cluster.wait(for: "all ready") { cluster.hasLogged("all_ready") }
        let silent = Descriptor(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let address = try SocketAddress(unixPath: cluster.directory + "/control.sock")
        #expect(address.withSockaddr { connect(silent.number, $0, $1) } == 0)
        #expect(try cluster.ask("status")["supervisor"] != nil)
        try cluster.stop()
    }
}
