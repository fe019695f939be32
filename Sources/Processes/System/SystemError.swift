import Glibc

/// A system call that failed: what was tried, on what, and why.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried, a verb as it reads after "cannot", such as "bind".
    package var operation: String
    /// What it was tried on, such as "127.0.0.1:8080" or a path.
    package var object: String
    /// The error number, errno(3).
    package var number: Int32

    /// Records a failure, by default with the errno that the call just left.
    package init(_ operation: String, _ object: String, _ number: Int32 = errno) {
        self.operation = operation
        self.object = object
        self.number = number
    }

    /// The sentence for people, such as "cannot bind 127.0.0.1:8080: Address already in use".
    package var description: String { "cannot \(operation) \(object): \(cause)" }

    /// The cause alone, as strerror(3) words it.
    package var cause: String {
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }

    /// Whether the call would have had to wait (EAGAIN), which is no failure on a non-blocking descriptor.
    package var isWouldBlock: Bool { number == EAGAIN || number == EWOULDBLOCK }
}

/// Repeats a call for as long as a signal interrupts it (EINTR, signal(7)); returns its first other result.
package func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
