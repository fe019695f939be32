import Glibc
import Testing

@testable import Processes

/// Waits for a child's end on its pidfd.
private func awaitEnd(of child: ChildProcess) throws -> ProcessExit {
    #expect(becomesReadable(child.descriptor.number))
    return try #require(try child.reap())
}

/// What a shell prints into a file that it inherits.
private func output(of script: String, inheriting: [Int32] = []) throws -> (text: String, status: ProcessExit) {
    let directory = try TemporaryDirectory()
    let file = Descriptor(owning: open(directory.path + "/out", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    let spawn = Spawn(
        executable: "/bin/sh", arguments: ["sh", "-c", "exec >/proc/self/fd/\(file.number); \(script)"],
        descriptors: [file.number] + inheriting)
    let status = try awaitEnd(of: try spawn.start())
    let text = try file.read(upTo: 65_536) ?? []
    return (String(decoding: text, as: UTF8.self), status)
}

@Suite(.serialized) struct SpawnTests {
    @Test("only the meant descriptors survive the exec")
    func onlyMeant() throws {
        let meant = Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
        let other = Descriptor(owning: open("/dev/null", O_RDONLY))
        let (text, status) = try output(of: "exec ls -l /proc/self/fd", inheriting: [meant.number])
        #expect(status == .exited(0))
        // Without the one by which ls reads the folder. A pipeline would not do: its shell has a pipe for a moment.
        let lines = text.split(separator: "\n").filter { !$0.contains("-> /proc/") }
        let numbers = lines.compactMap { line in
            line.split(separator: " ").firstIndex(of: "->").flatMap { Int32(line.split(separator: " ")[$0 - 1]) }
        }
        // 0, 1, 2, the file it writes to, and the one that was meant.
        #expect(Set(numbers).isSuperset(of: [0, 1, 2, meant.number]))
        #expect(numbers.count == 5)
        #expect(!numbers.contains(other.number))
    }

    @Test("the child has default signals and an empty mask")
    func childDefault() throws {
        var block = sigset_t()
        sigemptyset(&block)
        sigaddset(&block, SIGUSR1)
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &block, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        Signals.ignoreBrokenPipes()
        let (text, _) = try output(of: "exec grep -E 'Sig(Blk|Ign)' /proc/self/status")
        let masks = text.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        // The C library keeps the signals 32 and 33 for itself and has them ignored.
        #expect(masks.map { $0 & 0x7fff_ffff } == [0, 0])
    }

    @Test("the child leads its own process group")
    func childLeads() throws {
        let child = try Spawn(executable: "/bin/sh", arguments: ["sh", "-c", "exec sleep 100"]).start()
        #expect(getpgid(child.pid) == child.pid)
        try child.signal(SIGKILL)
        #expect(try awaitEnd(of: child) == .signaled(SIGKILL))
    }

    @Test("what a dead child started does not outlive it")
    func deadChild() throws {
        let (ours, child) = try channel(toShell: "sleep 100 & exit 3")
        #expect(try awaitEnd(of: child) == .exited(3))
        // Nobody holds the other side any more, so nobody is left.
        #expect(becomesReadable(ours.descriptor.number))
        #expect(try ours.receive() == .closed)
    }

    /// A shell with the other end of a channel, of which this process keeps nothing.
    private func channel(toShell script: String) throws -> (ControlChannel, ChildProcess) {
        let (ours, theirs) = try ControlChannel.pair()
        let spawn = Spawn(
            executable: "/bin/sh", arguments: ["sh", "-c", script], descriptors: [theirs.descriptor.number])
        return (ours, try withExtendedLifetime(theirs) { try spawn.start() })
    }

    @Test("the exit code comes back", arguments: [0, 1, 78, 255])
    func exitCode(code: Int32) throws {
        let child = try Spawn(executable: "/bin/sh", arguments: ["sh", "-c", "exit \(code)"]).start()
        let status = try awaitEnd(of: child)
        #expect(status == .exited(code))
        #expect(status.description == "exit \(code)")
    }

    @Test("a running child has no status and a dead one takes no signal")
    func runningChild() throws {
        let child = try Spawn(executable: "/bin/sh", arguments: ["sh", "-c", "exec sleep 100"]).start()
        #expect(try child.reap() == nil)
        try child.signal(SIGTERM)
        #expect(try awaitEnd(of: child).description == "signal SIGTERM")
        try child.signal(SIGTERM)
    }

    @Test("a program that is not there is named")
    func programNot() {
        #expect(throws: SystemError("start", "/no/such/program", ENOENT)) {
            _ = try Spawn(executable: "/no/such/program", arguments: ["x"]).start()
        }
    }

    @Test("an inherited channel ends when the child dies")
    func inheritedChannel() throws {
        let (supervisor, child) = try childThatSaysReady()
        #expect(becomesReadable(supervisor.descriptor.number))
        #expect(try supervisor.receive() == .message(.ready))
        try child.signal(SIGKILL)
        #expect(try awaitEnd(of: child) == .signaled(SIGKILL))
        #expect(becomesReadable(supervisor.descriptor.number))
        #expect(try supervisor.receive() == .closed)
    }

    /// A child with the other end of a channel, of which this process keeps nothing.
    private func childThatSaysReady() throws -> (ControlChannel, ChildProcess) {
        let (supervisor, theirs) = try ControlChannel.pair()
        let number = theirs.descriptor.number
        let script = "open(my $c, '+<&=', \(number)) or die; syswrite($c, 'ready'); sleep 100"
        let spawn = Spawn(executable: "/usr/bin/perl", arguments: ["perl", "-e", script], descriptors: [number])
        return (supervisor, try withExtendedLifetime(theirs) { try spawn.start() })
    }
}
