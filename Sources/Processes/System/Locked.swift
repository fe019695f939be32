import Glibc

/// A value that threads take turns with.
///
/// Not Synchronization's `Mutex`: where threads contend the kernel hands that one over (futex(2), FUTEX_UNLOCK_PI), which
/// ThreadSanitizer does not see, so that it reports a race for each value behind one.
package final class Locked<Value>: @unchecked Sendable {
    // Safe to share: the value is sent in, so that nobody else has it, and only whoever holds the mutex touches it; the mutex
    // is made for that, and its address stays the same.
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    package init(_ value: sending Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs a closure on the value while no other thread does.
    package func withLock<Result, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
