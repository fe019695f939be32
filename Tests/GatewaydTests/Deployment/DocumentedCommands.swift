/// What a test does with the commands of the documentation.
enum DocumentedCommands {
    enum Way {
        /// In a folder with the README's gatewayd.yaml, against a daemon of the test's own.
        case daemon
        /// Against the demo.
        case demo
        /// At the top of the repository.
        case repository
        /// make says what it would do, and does not.
        case dryRun
        /// Not at all, and why.
        case not(String)
    }

    /// The way of a command: that of the longest beginning which it has; nil when nobody has thought of it.
    static func way(of command: String) -> Way? {
        ways.filter { command.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }?.value
    }

    private static let ways: [String: Way] = [
        "gatewayd check": .daemon,
        "gatewayd explain": .daemon,
        "gatewayd schema": .daemon,
        "gatewayd --config": .not("runs until it is stopped; every test of a daemon starts one this way"),
        "gatewayctl": .daemon,
        "gatewayctl why": .not("wants the id of a request that was slow or failed; TraceTests has one"),
        "gatewayctl fetch": .not("one of its two URLs fails on purpose, which is exit 1; FetchTests has the output"),
        "curl": .demo,
        "curl -d": .daemon,
        "haproxy": .repository,
        "nginx": .repository,
        "make": .dryRun,
        "swift build -c release": .not("builds for minutes and measures; make bench does the same"),
        "kubectl": .not("wants a cluster; KubernetesTests checks the file against the schema of its API"),
        "docker": .not("wants a daemon and a registry"),
        "journalctl": .not("wants a journal"),
        "systemctl": .not("wants systemd as PID 1, and changes this machine"),
        "systemd-sysusers": .not("changes this machine's accounts"),
        "systemd-tmpfiles": .not("changes this machine's folders"),
        "install": .not("changes this machine"),
        "chgrp": .not("changes this machine"),
        "chmod": .not("changes this machine"),
        "apt": .not("changes this machine"),
        "openssl x509": .not("wants the certificate of a server; TLSUpstream makes its pins this way"),
        "editor": .not("wants somebody to type"),
    ]
}
