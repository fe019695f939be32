import Foundation

/// A folder of a test's own, gone with the value.
final class TemporaryFolder: Sendable {
    let path: String

    /// Its name is short enough for the path of a unix socket below it.
    init() throws {
        var template = Array("/tmp/gatewayd-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Program.Failure(call: "mkdtemp", number: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
