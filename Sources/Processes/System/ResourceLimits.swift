import Glibc

/// The limits that the kernel puts on this process and its children, getrlimit(2).
package enum ResourceLimits {
    /// Raises the soft limit of open descriptors to the hard one, and returns it.
    ///
    /// Call it before children are started: they inherit it. Throws when the kernel refuses.
    @discardableResult
    package static func raiseOpenFiles() throws(SystemError) -> UInt64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("read", "the limit of open files")
        }
        guard limit.rlim_cur < limit.rlim_max else { return UInt64(limit.rlim_cur) }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("raise", "the limit of open files")
        }
        return UInt64(limit.rlim_cur)
    }
}
