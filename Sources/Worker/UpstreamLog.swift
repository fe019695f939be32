import FanOut
import Glibc
import Scoreboard
import Upstream

/// Lines on standard error about what changes at an upstream, in the form of the supervisor's log, which passes them on.
struct UpstreamLog: Sendable {
    var upstream: String
    /// By index.
    var servers: [String]

    func write(_ event: UpstreamEvent) {
        switch event {
        case .circuitOpened: write("circuit_opened", isTrouble: true)
        case .circuitClosed: write("circuit_closed", isTrouble: false)
        case .ejected(let server): write("server_ejected", server, isTrouble: true)
        case .down(let server): write("server_down", server, isTrouble: true)
        case .up(let server): write("server_up", server, isTrouble: false)
        case .retried, .hedged, .hedgeWon: break
        }
    }

    private func write(_ event: StaticString, _ server: Int? = nil, isTrouble: Bool) {
        var line: [UInt8] = []
        line.append(contentsOf: "{\"time\":\"\(WallTime.now().rfc3339)\",\"level\":\"".utf8)
        line.append(contentsOf: (isTrouble ? "warning" : "info").utf8)
        line.append(contentsOf: "\",\"event\":\"\(event)\",\"worker_pid\":\(getpid()),\"upstream\":".utf8)
        JSONText.append(string: upstream, to: &line)
        if let server {
            line.append(contentsOf: ",\"server\":".utf8)
            JSONText.append(string: servers[server], to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        // One write, so that lines of several workers do not mix; what a full disk does not take is lost.
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
