import Foundation
import Glibc

/// A machine of a test's own: systemd as PID 1 in private namespaces (namespaces(7)), over a copy-on-write view of this
/// one's root, which it cannot change.
///
/// It has a network, processes, host name, mounts and control groups of its own, and ends with this value, whatever runs
/// in it.
final class SystemdMachine: Sendable {
    /// Why this process cannot make one; nil when it can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "systemd as PID 1 needs root" }
        for path in ["/lib/systemd/systemd", "/usr/bin/unshare", "/usr/bin/nsenter", "/usr/sbin/nginx"]
        where !FileManager.default.isExecutableFile(atPath: path) {
            return "\(path) is not installed; make test installs it"
        }
        let attempt = Process()
        attempt.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        attempt.arguments = ["--fork", "--pid", "--mount", "--uts", "--ipc", "--net", "/bin/bash", "-c", trial]
        let words = Pipe()
        attempt.standardError = words
        guard (try? attempt.run()) != nil else { return "unshare cannot be run" }
        let text = words.fileHandleForReading.readDataToEndOfFile()
        attempt.waitUntilExit()
        return attempt.terminationStatus == 0
            ? nil : "this kernel or container has no room for it: \(String(decoding: text, as: UTF8.self))"
    }()

    private let folder: TemporaryFolder
    private let program: Program
    /// Of its systemd, as it is seen from here.
    private let pid: Int32

    /// Boots one and returns when its basic system is up.
    static func boot() async throws -> SystemdMachine {
        let folder = try TemporaryFolder()
        let script = "\(folder.path)/init"
        try initProgram.write(toFile: script, atomically: true, encoding: .utf8)
        let name = URL(fileURLWithPath: folder.path).lastPathComponent
        let program = try Program(
            "/usr/bin/unshare",
            [
                "--fork", "--kill-child", "--pid", "--mount", "--uts", "--ipc", "--net", "/bin/bash", script,
                folder.path,
                name,
            ])
        var pid: Int32 = 0
        do {
            try await waitUntil("systemd ran: \(program.errors.lines)") {
                let path = "/proc/\(program.pid)/task/\(program.pid)/children"
                let children = try? String(contentsOfFile: path, encoding: .utf8)
                pid = children.flatMap { Int32($0.trimmingCharacters(in: .whitespaces)) } ?? 0
                let command = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
                return command == "systemd\n" || program.exitCode != nil
            }
        } catch {
            kill(program.pid, SIGKILL)
            throw error
        }
        let machine = SystemdMachine(folder, program, pid)
        try await waitUntil("systemd was up: \(program.errors.lines)") {
            try await machine.run("systemctl", "is-active", "machine.target").exitCode == 0
        }
        return machine
    }

    private init(_ folder: TemporaryFolder, _ program: Program, _ pid: Int32) {
        self.folder = folder
        self.program = program
        self.pid = pid
    }

    deinit {
        // The end of PID 1 is the end of all that its namespace has, and comes after theirs, pid_namespaces(7).
        kill(pid, SIGKILL)
        program.stop()
        let name = URL(fileURLWithPath: folder.path).lastPathComponent
        _ = try? Program("/bin/bash", ["-c", Self.groups + "sweep \(name)"])
    }

    /// Where one of its files is, as it is seen from here.
    func path(_ path: String) -> String { "/proc/\(pid)/root\(path)" }

    /// Writes one of its files.
    func write(_ text: String, to file: String) throws {
        let path = path(file)
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Starts a program in it.
    func start(_ command: [String]) throws -> Program {
        let enter = ["--target", "\(pid)", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--wd=/"]
        return try Program(
            "/usr/bin/nsenter", enter + ["/usr/bin/env"] + command,
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8",
            ])
    }

    /// Runs a program in it to its end.
    @discardableResult
    func run(_ command: String...) async throws -> (exitCode: Int32, output: [String], errors: [String]) {
        let program = try start(command)
        defer { program.stop() }
        let code = try await program.exit()
        // Not until all have closed its output: what it started may go on.
        try await waitUntil("what it said was read") { program.output.hasEnded || program.exitCode != nil }
        return (code, program.output.lines, program.errors.lines)
    }

    /// Runs a program in it and returns what it wrote; throws when it fails.
    @discardableResult
    func output(_ command: String...) async throws -> String {
        let program = try start(command)
        defer { program.stop() }
        let code = try await program.exit(limit: .seconds(60))
        try await program.allGone()
        guard code == 0 else {
            throw WaitedInVain(
                description: "\(command) exited with \(code): \(program.output.lines + program.errors.lines)")
        }
        return program.output.lines.joined(separator: "\n")
    }

    /// Control groups: those of version 2, and of version 1 where there are some (cgroups(7)).
    private static let groups = #"""
        set -u
        roots() { findmnt -n -t cgroup2 -o TARGET | head -n 1
            for one in systemd memory pids cpu,cpuacct cpu cpuacct; do
                [ -L /sys/fs/cgroup/$one ] || findmnt -n -t cgroup -o TARGET --mountpoint /sys/fs/cgroup/$one
            done; return 0; }
        join() { local root; for root in $(roots); do mkdir "$root/$1" && echo 0 > "$root/$1/cgroup.procs" || return; done; }
        sweep() { local root; for root in $(roots); do find "$root/$1" -depth -type d -exec rmdir {} + ; done 2>/dev/null; }

        """#

    /// Whether there is what `initProgram` needs, and nothing of it left.
    private static let trial =
        groups + #"""
            set -e
            name=gatewayd-trial-$$-$RANDOM
            mount --make-rprivate /
            mount -t tmpfs tmpfs /mnt
            mkdir /mnt/upper /mnt/work /mnt/root
            mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
            mount -t proc proc /mnt/root/proc
            [ -n "$(roots)" ] || { echo "no control groups of version 2" >&2; exit 1; }
            join $name
            for root in $(roots); do echo 0 > "$root/cgroup.procs"; done
            sweep $name
            """#

    /// PID 1 at first: makes the machine and becomes its systemd.
    private static let initProgram =
        groups + #"""
            set -e
            folder=$1 name=$2 root=$1/root
            hierarchies=$(roots)
            join "$name"
            export folder name root hierarchies
            exec unshare --cgroup /bin/bash -c '
            set -e
            mount --make-rprivate /
            mount -t tmpfs -o mode=755,size=2g tmpfs "$folder"
            units=$folder/upper/etc/systemd/system
            mkdir -p "$units" "$folder/work" "$root"
            # What would touch the devices, the clock or the network of the real machine, or takes long.
            for unit in systemd-udevd systemd-udev-trigger systemd-logind systemd-networkd systemd-resolved systemd-timesyncd \
                systemd-modules-load systemd-sysctl systemd-remount-fs systemd-random-seed systemd-update-utmp ldconfig \
                systemd-hwdb-update systemd-sysusers systemd-journal-flush systemd-binfmt networking nginx haproxy; do
                ln -s /dev/null "$units/$unit.service"
            done
            printf "[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n" > "$units/machine.target"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
            mount -t proc proc "$root/proc"
            mount -t sysfs sysfs "$root/sys"
            groups=$root/sys/fs/cgroup
            if [ "$hierarchies" = /sys/fs/cgroup ]; then
                mount -t cgroup2 cgroup2 "$groups"
            else
                mount -t tmpfs -o mode=755 tmpfs "$groups"
                for one in $hierarchies; do
                    kind=${one##*/}; mkdir "$groups/$kind"
                    case $kind in
                    unified) mount -t cgroup2 cgroup2 "$groups/$kind" ;;
                    systemd) mount -t cgroup -o none,name=systemd cgroup "$groups/$kind" ;;
                    *) mount -t cgroup -o $kind cgroup "$groups/$kind" ;;
                    esac
                done
            fi
            for place in dev run tmp; do mount -t tmpfs -o mode=755 tmpfs "$root/$place"; done
            chmod 1777 "$root/tmp"
            for device in null zero full random urandom tty; do
                : > "$root/dev/$device"; mount --bind /dev/$device "$root/dev/$device"
            done
            mkdir "$root/dev/pts" "$root/dev/shm"
            mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
            ln -s pts/ptmx "$root/dev/ptmx"; ln -s /proc/self/fd "$root/dev/fd"
            mount -t tmpfs tmpfs "$root/dev/shm"
            ip link set lo up
            cd "$root"
            : > etc/fstab; rm -f etc/machine-id usr/sbin/policy-rc.d var/lib/dpkg/lock*
            echo 0123456789abcdef0123456789abcdef > etc/machine-id
            mkdir .old; pivot_root . .old; umount -l /.old
            exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=test LANG=C.UTF-8 \
                /lib/systemd/systemd --system --unit=machine.target --show-status=0 < /dev/null
            '
            """#
}
