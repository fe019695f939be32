package import Configuration
package import Processes

/// What a supervisor is started with.
package struct SupervisorOptions {
    /// The checked configuration.
    package var configuration: Configuration
    /// The bytes it was read from, which every child gets in sealed memory.
    package var configurationBytes: [UInt8]
    /// Where they came from, as /stats reports it; a name such as "(demo)" when there is no file.
    package var configurationPath: String
    /// The program's version, as /stats reports it.
    package var version: String
    /// Children beside workers and admin.
    package var companions: [Companion] = []
    /// The program that is started for every child; this one unless a test says otherwise.
    package var executable = "/proc/self/exe"
    /// The words of the command line, with the program's name: what replaces this program is started with the same.
    package var arguments = CommandLine.arguments
    /// Takes the log lines, each with its line end; nil unless a test says otherwise.
    package var logSink: ((String) -> Void)?
    /// Reads the configuration again for a reload; throws what is wrong with it, each mistake on a line of its own.
    ///
    /// Nil where there is nothing to read again.
    package var reload: (() throws(RefusedReload) -> (configuration: Configuration, bytes: [UInt8]))?
    /// Called once, when all workers, admin and companions are ready for the first time.
    package var whenReady: ((Addresses) -> Void)?

    package init(
        configuration: Configuration, configurationBytes: [UInt8], configurationPath: String, version: String
    ) {
        self.configuration = configuration
        self.configurationBytes = configurationBytes
        self.configurationPath = configurationPath
        self.version = version
    }

    /// Where the daemon listens, with the ports that the kernel chose where 0 was configured.
    package struct Addresses: Sendable, Hashable {
        /// In the order of the configuration; those that systemd passed beside it follow.
        package var listen: [SocketAddress]
        package var admin: SocketAddress
    }

    /// A child that is started, restarted and stopped like a worker, but does not show in /stats.
    ///
    /// It says `ready` on its control channel like any other and leaves when that closes.
    package struct Companion: Sendable, Hashable {
        /// What the log calls it.
        package var name: String
        /// Its arguments after the program's name; `--channel FD` is added.
        package var arguments: [String]
        /// Descriptors that it inherits under their numbers; they stay the caller's.
        package var descriptors: [Int32]

        package init(name: String, arguments: [String], descriptors: [Int32] = []) {
            self.name = name
            self.arguments = arguments
            self.descriptors = descriptors
        }
    }
}

/// Why a configuration cannot take the place of the one in use.
package struct RefusedReload: Error, Sendable, Hashable {
    /// A line for each reason, such as "gatewayd.yaml:3:5: unknown key 'lisen'".
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Why the supervisor could not start, and what it exits with.
package struct StartError: Error, Sendable, Hashable, CustomStringConvertible {
    /// 69 when an address cannot be bound, else 70.
    package var exitCode: Int32
    /// A sentence such as "cannot bind 127.0.0.1:8080: Address already in use".
    package var description: String
}
