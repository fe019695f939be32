import Foundation

/// A network that only the processes started in it have: loopback, a DNS server for it, and a web server.
///
/// It is a network and a mount namespace (namespaces(7)); unix sockets are reached from outside by their paths.
final class PrivateNetwork: Sendable {
    /// Where 127.0.0.1 answers `1` to every request, and a public address `3`; nobody else does.
    static let port = 8_080
    /// Where 127.0.0.2 alone answers `2` to every request.
    static let secondPort = 8_081

    /// Whether this process may make one.
    static let isPossible =
        geteuid() == 0
        && ["/usr/bin/unshare", "/usr/bin/nsenter", "/usr/bin/perl"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        }

    private let folder: TemporaryFolder
    private let servers: Program

    /// Begins with names that tests look up.
    ///
    /// The name of every host is `good.test`, `both.test` which is 127.0.0.1 and 127.0.0.2, `flip.test` which is a public
    /// address and 127.0.0.1 in turn, `public.test` which is that address, or unknown. For names that end in `hang.test` there
    /// is never an answer.
    static func start() async throws -> PrivateNetwork {
        let folder = try TemporaryFolder()
        try "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n"
            .write(toFile: "\(folder.path)/resolv.conf", atomically: true, encoding: .utf8)
        try "hosts: files dns\n".write(toFile: "\(folder.path)/nsswitch.conf", atomically: true, encoding: .utf8)
        try servers.write(toFile: "\(folder.path)/servers.pl", atomically: true, encoding: .utf8)
        let script = """
            ip link set lo up && ip address add 93.184.215.14/32 dev lo || exit
            for name in resolv.conf nsswitch.conf; do
                [ ! -e /etc/$name ] || mount --bind \(folder.path)/$name /etc/$name || exit
            done
            exec /usr/bin/perl \(folder.path)/servers.pl \(folder.path)/services
            """
        let program = try Program("/usr/bin/unshare", ["--mount", "--net", "sh", "-c", script])
        let network = PrivateNetwork(folder, program)
        try await waitUntil("the servers of the private network were ready: \(program.errors.lines)") {
            program.output.lines.contains("ready") || program.exitCode != nil
        }
        guard program.exitCode == nil else {
            throw WaitedInVain(description: "no private network: \(program.errors.lines.joined(separator: "\n"))")
        }
        return network
    }

    private init(_ folder: TemporaryFolder, _ servers: Program) {
        self.folder = folder
        self.servers = servers
    }

    deinit { servers.stop() }

    /// Sets the records of `_web._tcp.test` (SRV), lines of priority, weight, port and target; nil has lookups of them fail.
    func setService(_ records: String?) throws {
        let path = "\(folder.path)/services"
        if let records {
            try records.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    /// Requests of `/probe` until now.
    var probes: Int { servers.output.lines.count { $0 == "probe" } }

    /// Lookups of that service until now.
    var serviceLookups: Int { servers.output.lines.count { $0 == "service" } }

    /// Starts a program in it.
    func run(_ executable: String, _ arguments: String...) throws -> Program {
        let enter = ["--target", "\(servers.pid)", "--mount", "--net", executable]
        return try Program("/usr/bin/nsenter", enter + arguments)
    }

    /// DNS over UDP (RFC 1035 section 4) and HTTP, one datagram or connection after the other.
    private static let servers = #"""
        use strict; use IO::Select; use IO::Socket::INET;
        my $dns = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 53, Proto => "udp") or die "dns: $!";
        my $web = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 128) or die "web: $!";
        my $second = IO::Socket::INET->new(LocalAddr => "127.0.0.2", LocalPort => 8081, Listen => 128) or die "web: $!";
        my $public = IO::Socket::INET->new(LocalAddr => "93.184.215.14", LocalPort => 8080, Listen => 128) or die "web: $!";
        my $all = IO::Select->new($dns, $web, $second, $public);
        my %digits = ($web => 1, $second => 2, $public => 3);
        my $flips = 0;
        $| = 1; print "ready\n";
        while (1) { for my $ready ($all->can_read) {
            if ($ready != $dns) {
                my $client = $ready->accept or next;
                while (<$client>) { print "probe\n" if m{^GET /probe }; last if /^\r\n$/ }
                print $client "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n", $digits{$ready};
                close $client;
                next;
            }
            $dns->recv(my $query, 512);
            my $end = index($query, "\0", 12);
            my ($name, $type) = (substr($query, 12, $end - 12), unpack("n", substr($query, $end + 1, 2)));
            next if $name =~ /\x04hang\x04test$/;
            my %known = ("\4good\4test" => ["\x7f\0\0\1"], "\4both\4test" => ["\x7f\0\0\1", "\x7f\0\0\2"]);
            $known{"\4flip\4test"} = [$flips % 2 ? "\x7f\0\0\1" : "\x5d\xb8\xd7\x0e"];
            $known{"\6public\4test"} = ["\x5d\xb8\xd7\x0e"];
            $flips++ if $name eq "\4flip\4test" && $type == 1;
            my $is_known = exists $known{$name};
            my @answers = $is_known && $type == 1 ? @{$known{$name}} : ();
            my $reply = substr($query, 0, 2) . pack("n5", $is_known ? 0x8180 : 0x8183, 1, scalar(@answers), 0, 0);
            $reply .= substr($query, 12, $end - 7);
            $reply .= pack("n3Nn", 0xC00C, 1, 1, 0, 4) . $_ for @answers;
            if ($type == 33 && $name eq "\4_web\4_tcp\4test") {
                print "service\n";
                my $file;
                my @lines = open($file, "<", $ARGV[0]) ? <$file> : ();
                $reply = substr($query, 0, 2) . pack("n5", @lines ? 0x8180 : 0x8182, 1, scalar(@lines), 0, 0);
                $reply .= substr($query, 12, $end - 7);
                for (@lines) {
                    my ($priority, $weight, $port, $target) = split;
                    my $data = pack("n3", $priority, $weight, $port);
                    $data .= pack("C/a*", $_) for split(/\./, $target), "";
                    $reply .= pack("n3Nn", 0xC00C, 33, 1, 0, length($data)) . $data;
                }
            }
            $dns->send($reply);
        } }
        """#
}
