import Access
import Base
package import Configuration
package import Processes

/// A configuration in use, or about to be: what each process that is started for it gets.
package final class Generation {
    /// Counts the configurations that were put into use, from 1.
    package let number: Int
    package let configuration: Configuration
    /// The SHA-256 of the bytes it was read from, in hexadecimal.
    package let sha256: String
    /// How many workers the configuration asks for; what `auto` came to when it was read.
    package let workers: Int
    /// The bytes, sealed.
    package let memory: Descriptor
    /// The sockets of clients, in the order of the configuration; empty once they were let go.
    package private(set) var listeners: Listeners

    /// Seals the bytes.
    package init(
        _ number: Int, _ configuration: Configuration, bytes: [UInt8], listeners: Listeners
    ) throws(SystemError) {
        self.number = number
        self.configuration = configuration
        self.listeners = listeners
        workers =
            switch configuration.workers {
            case .auto: min(UsableCPUs.count(), Bounds.workers)
            case .fixed(let count): count
            }
        sha256 = SHA256.hex(of: bytes)
        memory = try ConfigurationMemory.create(bytes)
    }

    /// Closes the sockets that `kept` does not share, and removes their files: no process is started for this any more.
    ///
    /// A worker that drains closes its own after it has taken what waits there.
    package func letGo(keeping kept: Listeners? = nil) {
        listeners.close(except: kept)
    }
}
