import Foundation

/// A network of machines that only the test has: two hosts and a front with a bridge between them, each a network
/// namespace (namespaces(7)) of its own, with the addresses that deploy/haproxy.cfg and deploy/nginx-hosts.conf name.
///
/// Unix sockets are reached from outside by their paths.
final class HostNetwork: Sendable {
    static let isPossible =
        PrivateNetwork.isPossible && FileManager.default.isExecutableFile(atPath: "/usr/sbin/haproxy")
        && NginxUpstream.isInstalled

    private let front: Program
    private let hosts: [Program]

    /// Begins with `count` hosts, 10.0.0.1 and following, and 10.0.0.254 as the front.
    static func start(hosts count: Int) async throws -> HostNetwork {
        let network = try HostNetwork(count)
        for machine in network.hosts + [network.front] {
            try await waitUntil("the namespace was made: \(machine.errors.lines)") { machine.output.lines == ["ready"] }
        }
        try await network.configure(
            network.front,
            "ip link add bridge type bridge && ip address add 10.0.0.254/24 dev bridge && ip link set bridge up")
        for (index, host) in network.hosts.enumerated() {
            try await network.configure(
                network.front,
                """
                ip link add host\(index) type veth peer name wire netns \(host.pid) && \
                ip link set host\(index) master bridge up
                """)
            try await network.configure(host, "ip address add 10.0.0.\(index + 1)/24 dev wire && ip link set wire up")
        }
        return network
    }

    private init(_ count: Int) throws {
        func machine() throws -> Program {
            try Program(
                "/usr/bin/unshare", ["--net", "sh", "-c", "ip link set lo up && echo ready && exec sleep infinity"])
        }
        front = try machine()
        hosts = try (0..<count).map { _ in try machine() }
    }

    deinit {
        for machine in hosts + [front] { machine.stop() }
    }

    private func configure(_ machine: Program, _ script: String) async throws {
        let program = try run(machine, "/bin/sh", ["-c", script])
        guard try await program.exit() == 0 else {
            throw WaitedInVain(description: "no network: \(program.errors.lines)")
        }
    }

    /// Starts a program on the front.
    func runOnFront(_ executable: String, _ arguments: [String]) throws -> Program {
        try run(front, executable, arguments)
    }

    /// Starts a program on a host.
    func run(onHost index: Int, _ executable: String, _ arguments: [String]) throws -> Program {
        try run(hosts[index], executable, arguments)
    }

    private func run(_ machine: Program, _ executable: String, _ arguments: [String]) throws -> Program {
        try Program("/usr/bin/nsenter", ["--target", "\(machine.pid)", "--net", executable] + arguments)
    }

    /// Cuts a host off, or connects it again: what goes to it is lost, and nobody is told.
    func setReachable(_ isReachable: Bool, host index: Int) async throws {
        try await configure(front, "ip link set host\(index) \(isReachable ? "up" : "down")")
    }
}
