import Foundation

/// A place for the program, so that another one can be put there.
struct InstalledProgram {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/gatewayd" }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: Program.gatewayd, toPath: path)
    }

    /// As a package manager does it: a new file takes the name in one step.
    func replace(with script: String? = nil) throws {
        let new = path + ".new"
        if let script {
            try script.write(toFile: new, atomically: true, encoding: .utf8)
        } else {
            try FileManager.default.copyItem(atPath: Program.gatewayd, toPath: new)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: new)
        guard rename(new, path) == 0 else { throw Program.Failure(call: "rename", number: errno) }
    }

    var inode: UInt64? { Self.inode(path) }

    static func inode(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
