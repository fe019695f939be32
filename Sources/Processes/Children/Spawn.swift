import CLinux
import Glibc

/// The start of one child process: fork and exec in one step, posix_spawn(3), never a bare fork of a running program.
///
/// The child gets descriptors 0, 1, 2 and those named here, under their own numbers, and no other: all others are marked
/// close-on-exec in this process first, and `adddup2(fd, fd)` is what lifts that mark in the child for one descriptor
/// (glibc 2.29). Its signals have their default actions and none is blocked.
package struct Spawn {
    /// The program's file; "/proc/self/exe" is this very program, also when its file was replaced on disk.
    package var executable: String
    /// argv, the program's own name first; must not be empty.
    package var arguments: [String]
    /// The descriptors that the child inherits beside 0, 1 and 2.
    package var descriptors: [Int32]
    /// What the child gets as standard error; nil for this process's own.
    package var standardError: Int32?
    /// Whether the child leads a process group of its own: Ctrl-C in a terminal then reaches only the supervisor.
    package var ownProcessGroup: Bool

    package init(
        executable: String = "/proc/self/exe", arguments: [String], descriptors: [Int32] = [],
        standardError: Int32? = nil, ownProcessGroup: Bool = true
    ) {
        self.standardError = standardError
        self.executable = executable
        self.arguments = arguments
        self.descriptors = descriptors
        self.ownProcessGroup = ownProcessGroup
    }

    /// Starts the child with the environment of this process.
    ///
    /// Throws what posix_spawn reports, such as ENOENT for a file that is not there or EAGAIN at the limit of processes;
    /// glibc reports a failed exec here too, so that nothing was started when it throws.
    package func start() throws(SystemError) -> ChildProcess {
        precondition(!arguments.isEmpty, "a program needs its own name as the first argument")
        try Descriptor.markAllCloseOnExec()
        var actions = posix_spawn_file_actions_t()
        try check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in descriptors {
            try check(posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor))
        }
        if let standardError {
            try check(posix_spawn_file_actions_adddup2(&actions, standardError, STDERR_FILENO))
        }
        var attributes = posix_spawnattr_t()
        try check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }
        try setAttributes(&attributes)
        let pid = try spawn(&actions, &attributes)
        do throws(SystemError) {
            return try ChildProcess(pid: pid)
        } catch {
            // A child that cannot be watched must not run.
            _ = kill(pid, SIGKILL)
            _ = retryingInterrupts { waitpid(pid, nil, 0) }
            throw error
        }
    }

    private func setAttributes(_ attributes: inout posix_spawnattr_t) throws(SystemError) {
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        try check(posix_spawnattr_setsigmask(&attributes, &none))
        try check(posix_spawnattr_setsigdefault(&attributes, &all))
        var flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        if ownProcessGroup {
            try check(posix_spawnattr_setpgroup(&attributes, 0))
            flags |= Int16(POSIX_SPAWN_SETPGROUP)
        }
        try check(posix_spawnattr_setflags(&attributes, flags))
    }

    private func spawn(
        _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t
    ) throws(SystemError) -> Int32 {
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer { for text in vector { free(text) } }
        guard !vector.contains(nil) else { throw SystemError("start", executable, ENOMEM) }
        vector.append(nil)
        var pid: Int32 = 0
        try check(posix_spawn(&pid, executable, &actions, &attributes, vector, environ))
        return pid
    }

    /// The posix_spawn family returns its error number and leaves errno alone.
    private func check(_ result: Int32) throws(SystemError) {
        guard result == 0 else { throw SystemError("start", executable, result) }
    }
}
