import CLinux
import Glibc

/// The bytes of one generation's configuration in a sealed memory file, which children inherit.
///
/// A child so starts with exactly what the supervisor has checked, whatever became of the file on disk since.
package enum ConfigurationMemory {
    /// The most bytes that are read back; a larger file is no configuration.
    package static let limit = 16 << 20

    private static let seals = Int32(
        CLINUX_SEAL_SHRINK | CLINUX_SEAL_GROW | CLINUX_SEAL_WRITE | CLINUX_SEAL_SEAL)

    /// Makes a memory file with these bytes that nobody can change any more (memfd_create(2)).
    package static func create(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
        let number = CLinux_memory_file("gatewayd-configuration")
        guard number >= 0 else { throw SystemError("open", "configuration memory") }
        let descriptor = Descriptor(owning: number)
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let written = try descriptor.write(rest) else {
                throw SystemError("write", "configuration memory", EAGAIN)
            }
            rest = rest.dropFirst(written)
        }
        guard CLinux_add_seals(number, seals) == 0 else { throw SystemError("seal", "configuration memory") }
        return descriptor
    }

    /// Reads the bytes back in a child.
    ///
    /// Throws EPERM for a file that is not sealed, EFBIG for one above `limit`. Reads by position, since all children
    /// share one file offset.
    package static func read(from number: Int32) throws(SystemError) -> [UInt8] {
        let found = CLinux_seals(number)
        guard found >= 0 else { throw SystemError("use as configuration memory", "descriptor \(number)") }
        guard found & seals == seals else {
            throw SystemError("use as configuration memory", "descriptor \(number)", EPERM)
        }
        var status = stat()
        guard fstat(number, &status) == 0 else { throw SystemError("look at", "configuration memory") }
        let size = Int(status.st_size)
        guard size <= limit else { throw SystemError("read", "configuration memory", EFBIG) }
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let count = bytes.withUnsafeMutableBytes { buffer in
                retryingInterrupts { pread(number, buffer.baseAddress.map { $0 + done }, size - done, off_t(done)) }
            }
            guard count > 0 else { throw SystemError("read", "configuration memory", count == 0 ? EIO : errno) }
            done += count
        }
        return bytes
    }
}
