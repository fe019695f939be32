import Loop
import Telemetry
import Upstream

/// Lines in the log about what happens at an upstream.
@LoopActor
struct UpstreamLog {
    var upstream: String

    func write(_ event: UpstreamEvent) {
        switch event {
        case .circuitOpened: tell("circuit_opened", .warning)
        case .circuitClosed: tell("circuit_closed", .info)
        case .ejected(let server): tell("server_ejected", server: server, .warning)
        case .down(let server): tell("server_down", server: server, .warning)
        case .up(let server): tell("server_up", server: server, .info)
        case .serversChanged(let servers): tell("servers_changed", servers: servers, .info)
        case .tlsFailed(let server, let fault): tell("tls_failed", server: server, reason: fault.rawValue, .warning)
        case .lookupFailed: tell("servers_lookup_failed", .warning)
        case .retried: tell("call_retried", .debug)
        case .hedged: tell("call_hedged", .debug)
        case .hedgeWon: tell("hedge_won", .debug)
        }
    }

    private func tell(
        _ event: StaticString, server: String? = nil, servers: [String] = [], reason: String? = nil,
        _ level: LogLevel
    ) {
        WorkerLog.write(event, level) { line in
            line.add("upstream", upstream)
            if let server { line.add("server", server) }
            if let reason { line.add("reason", reason) }
            if !servers.isEmpty { line.add("servers", servers) }
        }
    }
}
