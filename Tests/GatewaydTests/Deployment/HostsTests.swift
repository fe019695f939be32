import Foundation
import Testing

extension RunningPrograms {
    /// Several gatewayd hosts behind the nginx and the HAProxy that deploy/ has configurations for.
    @Suite(.serialized, .seat) struct HostsTests {
        /// nginx or HAProxy on the front, with clients at it.
        private struct Balancer {
            let name: String
            let program: Program
            let socket: String

            func status() async -> Int? {
                guard let client = try? await RawClient.connect(path: socket),
                    (try? await client.request("GET", "/page")) != nil
                else { return nil }
                return try? await client.reply().status
            }
        }

        private func nginx(_ network: HostNetwork, _ folder: String) throws -> Balancer {
            try Repository.text("deploy/nginx-hosts.conf")
                .exchanging("listen 8000;", for: "listen unix:\(folder)/nginx.sock;")
                .exchanging("worker_processes     auto;", for: "worker_processes 2;")
                .write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
            // Its workers run as another user when it is started as root.
            chmod(folder, 0o755)
            let program = try network.runOnFront(
                "/usr/sbin/nginx", ["-p", folder, "-e", "stderr", "-c", "\(folder)/nginx.conf", "-g", "daemon off;"])
            return Balancer(name: "nginx", program: program, socket: "\(folder)/nginx.sock")
        }

        private func haproxy(_ network: HostNetwork, _ folder: String) throws -> Balancer {
            try Repository.text("deploy/haproxy.cfg")
                .exchanging("bind :8000 ", for: "bind unix@\(folder)/haproxy.sock ")
                .exchanging("maxconn 8192 ", for: "maxconn 256 ")
                .write(toFile: "\(folder)/haproxy.cfg", atomically: true, encoding: .utf8)
            let program = try network.runOnFront("/usr/sbin/haproxy", ["-db", "-f", "\(folder)/haproxy.cfg"])
            return Balancer(name: "HAProxy", program: program, socket: "\(folder)/haproxy.sock")
        }

        @Test(
            "a host that is killed, drained or cut off costs no request that may arrive twice", .tags(.slow),
            .enabled(if: HostNetwork.isPossible, "needs root, namespaces, nginx and HAProxy"))
        func noFailedRequest() async throws {
            let network = try await HostNetwork.start(hosts: 2)
            let hosts = try [GatewayHost(0, of: network), GatewayHost(1, of: network)]
            for host in hosts { try await host.start() }
            let folder = try TemporaryFolder()
            let balancers = try [nginx(network, folder.path), haproxy(network, folder.path)]
            defer { for balancer in balancers { balancer.program.stop() } }
            for balancer in balancers {
                try await waitUntil("\(balancer.name) served, or ended") {
                    let status = await balancer.status()
                    return status == 200 || balancer.program.exitCode != nil
                }
                #expect(balancer.program.exitCode == nil, "\(balancer.name): \(balancer.program.errors.lines)")
            }
            let loads = balancers.map {
                LoadClients.start(
                    .unixSocket($0.socket), connections: 3, path: "/page",
                    body: #"{"user":{"id":7},"news":[1,2]}"#, reconnects: true)
            }
            /// Until every client has had answers after what was done before.
            func loadGoesOn() async throws {
                let before = loads.map(\.answered)
                for (load, before) in zip(loads, before) {
                    try await waitUntil("load goes on") { load.answered > before + 500 }
                }
            }
            func bothServe() async throws {
                for host in hosts {
                    let before = try await host.requests()
                    try await waitUntil("the host has requests") { try await host.requests() > before + 200 }
                }
            }
            try await bothServe()

            try await hosts[0].kill()
            try await loadGoesOn()
            try await hosts[0].start()
            try await bothServe()

            #expect(try await hosts[1].drain() == 0)
            try await loadGoesOn()
            try await hosts[1].start()
            try await bothServe()

            try await network.setReachable(false, host: 0)
            try await loadGoesOn()
            // The requests that it had are answered by the other host when the balancers' time is up.
            for load in loads {
                let slowest = load.fewestPerConnection
                try await waitUntil("each connection goes on") { load.fewestPerConnection > slowest + 5 }
            }
            try await network.setReachable(true, host: 0)
            try await bothServe()

            for (load, balancer) in zip(loads, balancers) {
                let result = await load.stop()
                #expect(result.failures == [], "\(balancer.name): \(balancer.program.output.lines.suffix(20))")
            }
        }
    }
}
