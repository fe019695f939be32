/// Values that stand in files of their own: `file:/PATH` in any value takes what is in that file.
///
/// For what must not stand in the configuration, such as the credentials that systemd's LoadCredential= hands out.
package struct SecretFiles: Sendable {
    /// Bytes of such a file: a value, not a document.
    package static let limit = 64 << 10
    /// Bytes of a file that is a list, such as one of API keys: room for 10,000.
    package static let listLimit = 2 << 20

    /// Why a file cannot be used.
    package struct Failure: Error, Equatable {
        package var message: String

        package init(message: String) {
            self.message = message
        }
    }

    /// At most one byte more than the larger limit of what is in the file at an absolute path.
    private let read: @Sendable (String) -> Result<[UInt8], Failure>

    /// Whether users of the machine whom it is not for can read the file at an absolute path.
    let isOpenToAll: @Sendable (String) -> Bool

    package init(
        isOpenToAll: @escaping @Sendable (String) -> Bool = { _ in false },
        read: @escaping @Sendable (String) -> Result<[UInt8], Failure>
    ) {
        self.isOpenToAll = isOpenToAll
        self.read = read
    }

    /// For those who have no files.
    package static let none = SecretFiles { _ in .failure(Failure(message: "files are not read here")) }

    static let prefix = "file:"

    /// What is in a file that is a list.
    func bytes(of path: String) throws(Failure) -> [UInt8] {
        let bytes = try read(path).get()
        guard bytes.count <= Self.listLimit else {
            throw Failure(message: "the file \(path) has more than \(Self.listLimit >> 20) MiB")
        }
        return bytes
    }

    /// The text of a value that names a file, without one line end at its end.
    func text(of value: String) throws(Failure) -> String {
        let path = String(value.dropFirst(Self.prefix.count))
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw Failure(message: "'\(value)': 'file:' wants an absolute path, such as file:/run/credentials/key")
        }
        var bytes = try read(path).get()
        guard bytes.count <= Self.limit else {
            throw Failure(message: "the file \(path) has more than \(Self.limit >> 10) KiB")
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw Failure(message: "the file \(path) has no text in UTF-8")
        }
        return text
    }
}
