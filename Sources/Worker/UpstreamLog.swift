import FanOut
import Glibc
import Scoreboard
import Upstream

/// Lines on standard error about what changes at an upstream, in the form of the supervisor's log, which passes them on.
struct UpstreamLog: Sendable {
    var upstream: String

    func write(_ event: UpstreamEvent) {
        switch event {
        case .circuitOpened: write("circuit_opened", isTrouble: true)
        case .circuitClosed: write("circuit_closed", isTrouble: false)
        case .ejected(let server): write("server_ejected", server, isTrouble: true)
        case .down(let server): write("server_down", server, isTrouble: true)
        case .up(let server): write("server_up", server, isTrouble: false)
        case .serversChanged(let servers): write("servers_changed", servers: servers, isTrouble: false)
        case .lookupFailed: write("servers_lookup_failed", isTrouble: true)
        case .retried, .hedged, .hedgeWon: break
        }
    }

    private func write(
        _ event: StaticString, _ server: String? = nil, servers: [String] = [], isTrouble: Bool
    ) {
        var line: [UInt8] = []
        line.append(contentsOf: "{\"time\":\"\(WallTime.now().rfc3339)\",\"level\":\"".utf8)
        line.append(contentsOf: (isTrouble ? "warning" : "info").utf8)
        line.append(contentsOf: "\",\"event\":\"\(event)\",\"worker_pid\":\(getpid()),\"upstream\":".utf8)
        JSONText.append(string: upstream, to: &line)
        if let server {
            line.append(contentsOf: ",\"server\":".utf8)
            JSONText.append(string: server, to: &line)
        }
        for (index, server) in servers.enumerated() {
            line.append(contentsOf: (index == 0 ? ",\"servers\":[" : ",").utf8)
            JSONText.append(string: server, to: &line)
        }
        if !servers.isEmpty { line.append(UInt8(ascii: "]")) }
        line.append(contentsOf: "}\n".utf8)
        // One write, so that lines of several workers do not mix; what a full disk does not take is lost.
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
