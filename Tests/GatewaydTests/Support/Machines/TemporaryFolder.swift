import Foundation

/// A folder of a test's own, gone with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = try Gateway.makeDirectory()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
