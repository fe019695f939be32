import Foundation

/// The files of the repository that are delivered beside the programs.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whether there is such a file or folder.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// The text of a file, named from the top level.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Where the project says it is at home.
    static var homepage: String {
        get throws {
            guard let found = try text("deploy/project").firstMatch(of: #/HOMEPAGE:=([^}]+)}/#) else {
                throw NotInFile(description: "deploy/project has no HOMEPAGE")
            }
            return String(found.1)
        }
    }

    /// Where a file is, named from the top level.
    static func path(_ path: String) -> String { root.appending(path: path).path }
}

/// An exchange that a delivered file no longer has the place for.
struct NotInFile: Error, CustomStringConvertible {
    var description: String
}

extension String {
    /// Puts `new` where `old` stands; throws when it stands nowhere, so that a test never runs on what it did not change.
    func exchanging(_ old: String, for new: String) throws -> String {
        guard contains(old) else { throw NotInFile(description: "'\(old)' is not in the file any more") }
        return replacingOccurrences(of: old, with: new)
    }
}
