import CLinux
import Glibc

/// A memory file mapped into this process, shared with all others that map it.
final class SharedArea: @unchecked Sendable {
    // Sendable: the members are constant, and the memory behind them is only reached through SharedWords' atomics.
    /// The first byte; page-aligned.
    let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Maps the first `byteCount` bytes of `descriptor` (mmap(2), MAP_SHARED).
    ///
    /// The descriptor can be closed afterwards.
    ///
    /// With `writable` false a store traps with SIGSEGV.
    init(descriptor: Int32, byteCount: Int, writable: Bool) throws(ScoreboardError) {
        let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
        let address = mmap(nil, byteCount, protection, MAP_SHARED, descriptor, 0)
        guard let address, address != MAP_FAILED else {
            throw ScoreboardError.system(operation: "mmap of \(byteCount) bytes", code: errno)
        }
        self.base = address
        self.byteCount = byteCount
    }

    deinit {
        munmap(base, byteCount)
    }

    /// A new memory file of `byteCount` zero bytes whose size nobody can change; the caller closes it.
    ///
    /// The size is sealed because a process that touches a page past the end of a shrunken file is killed by SIGBUS.
    static func makeFile(byteCount: Int) throws(ScoreboardError) -> Int32 {
        let descriptor = CLinux_memory_file("gatewayd-scoreboard")
        guard descriptor >= 0 else { throw ScoreboardError.system(operation: "memfd_create", code: errno) }
        guard ftruncate(descriptor, byteCount) == 0 else {
            let code = errno
            close(descriptor)
            throw ScoreboardError.system(operation: "ftruncate to \(byteCount) bytes", code: code)
        }
        guard CLinux_add_seals(descriptor, sizeSeals | Int32(CLINUX_SEAL_SEAL)) == 0 else {
            let code = errno
            close(descriptor)
            throw ScoreboardError.system(operation: "sealing the size", code: code)
        }
        return descriptor
    }

    /// The same file opened once more, for reading only; the caller closes it.
    ///
    /// A mapping of this descriptor cannot be made writable (mprotect(2) fails with EACCES), so a stray store in the
    /// process that holds it cannot spoil the counters.
    static func readOnlyDuplicate(of descriptor: Int32) throws(ScoreboardError) -> Int32 {
        let duplicate = open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC)
        guard duplicate >= 0 else {
            throw ScoreboardError.system(operation: "reopening descriptor \(descriptor) for reading", code: errno)
        }
        return duplicate
    }

    /// The size of the memory file behind `descriptor` in bytes.
    ///
    /// Throws `foreign` when it is no memory file, or one whose size can still change.
    static func sealedSize(of descriptor: Int32) throws(ScoreboardError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ScoreboardError.foreign(descriptor: descriptor, found: String(cString: strerror(errno)))
        }
        let seals = CLinux_seals(descriptor)
        guard seals >= 0 else {
            throw ScoreboardError.foreign(descriptor: descriptor, found: kind(of: status))
        }
        guard seals & sizeSeals == sizeSeals else {
            throw ScoreboardError.foreign(descriptor: descriptor, found: "a memory file whose size is not sealed")
        }
        return Int(status.st_size)
    }

    /// The first `count` words of the file, fewer when it is shorter.
    static func readWords(_ count: Int, from descriptor: Int32) throws(ScoreboardError) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: count)
        let bytes = words.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard bytes >= 0 else { throw ScoreboardError.system(operation: "reading the header", code: errno) }
        return Array(words.prefix(bytes / 8))
    }

    /// Closes a descriptor that is not handed on.
    static func closeFile(_ descriptor: Int32) {
        close(descriptor)
    }

    private static let sizeSeals = Int32(CLINUX_SEAL_SHRINK) | Int32(CLINUX_SEAL_GROW)

    private static func kind(of status: stat) -> String {
        switch status.st_mode & S_IFMT {
        case S_IFREG: "an ordinary file"
        case S_IFSOCK: "a socket"
        case S_IFIFO: "a pipe"
        case S_IFCHR: "a character device"
        case S_IFDIR: "a directory"
        default: "not a memory file"
        }
    }
}
