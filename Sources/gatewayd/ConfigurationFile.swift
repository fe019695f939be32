import ArgumentParser
import Configuration
import Glibc
import Processes
import Supervision

/// Reading a configuration for a command, with errors as a command reports them.
struct ConfigurationFile {
    /// EX_CONFIG of sysexits(3).
    static let badConfiguration = ExitCode(78)

    let text: ConfigurationText
    let bytes: [UInt8]

    var configuration: Configuration { text.configuration }

    /// Reads and checks a file; prints what is wrong with it and ends with 78 otherwise.
    static func load(_ path: String) throws -> ConfigurationFile {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try read(path)
        } catch {
            printError("gatewayd: \(error)")
            throw badConfiguration
        }
        return try check(bytes, path: path)
    }

    /// Checks the bytes of a configuration; warnings go to standard error.
    static func check(_ bytes: [UInt8], path: String) throws -> ConfigurationFile {
        do throws(InvalidConfiguration) {
            let text = try ConfigurationText(bytes, path: path, environment: Environment.all, files: .onDisk)
            warn(text.warnings)
            return ConfigurationFile(text: text, bytes: bytes)
        } catch {
            printError(error.description)
            throw badConfiguration
        }
    }

    /// Reads and checks a file for a running daemon: throws what is wrong with it, and prints nothing but warnings.
    static func reload(_ path: String) throws(RefusedReload) -> (configuration: Configuration, bytes: [UInt8]) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try read(path)
        } catch {
            throw RefusedReload(error.description)
        }
        do throws(InvalidConfiguration) {
            let (configuration, warnings) = try Configuration.load(
                bytes, path: path, environment: Environment.all, files: .onDisk)
            warn(warnings)
            return (configuration, bytes)
        } catch {
            throw RefusedReload(error.description)
        }
    }

    private static func warn(_ warnings: [ConfigurationError]) {
        for warning in warnings {
            printError("\(warning.file):\(warning.line):\(warning.column): warning: \(warning.message)")
        }
    }

    fileprivate static func read(
        _ path: String, limit: Int = ConfigurationMemory.limit
    ) throws(SystemError) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("read", path) }
        let file = Descriptor(owning: number)
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            guard let chunk = try file.read(upTo: 64 << 10), !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
        throw SystemError("read", path, EFBIG)
    }
}

extension SecretFiles {
    /// Those of this machine, as this process may read them.
    static let onDisk = SecretFiles(isOpenToAll: isOpenToAll) { path in
        do throws(SystemError) {
            return .success(try ConfigurationFile.read(path, limit: listLimit))
        } catch {
            return .failure(Failure(message: error.number == EFBIG ? "the file \(path) is too long" : "\(error)"))
        }
    }

    private static func isOpenToAll(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
    }
}

/// Writes a line to standard error.
func printError(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
