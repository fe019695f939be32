import Foundation

/// The working copy that these tests were built from.
struct Repository {
    /// The top folder.
    let root: URL

    /// The nearest folder above the file that asks which has a Package.swift.
    init(file: String = #filePath) {
        var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        while folder.pathComponents.count > 1,
            !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        root = folder
    }

    /// What may stand at the top, beside files that start with a dot; Package.resolved is SwiftPM's and not kept.
    static let topLevel: Set<String> = [
        "Makefile", "Package.resolved", "Package.swift", "README.md", "Sources", "Tests", "deploy", "nginx.conf",
    ]

    /// Names at the top that do not belong there.
    static func checkTopLevel(_ names: [String]) -> [Violation] {
        names.sorted().filter { !$0.hasPrefix(".") && !topLevel.contains($0) }.map {
            Violation(
                path: $0, line: 1,
                message: "the top level holds only \(topLevel.sorted().joined(separator: ", ")) and dot-files; "
                    + "put it into the folder that it is about")
        }
    }

    /// The names in the top folder.
    func topLevelNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path)
    }

    /// The text of a file, by its path from the top.
    func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The Swift files under a top folder, sorted by path.
    func swiftFiles(under folder: String) throws -> [(path: String, text: SourceText)] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return try paths.sorted().filter { $0.hasSuffix(".swift") }.map { path in
            (folder + "/" + path, SourceText(try text(of: folder + "/" + path)))
        }
    }
}
