import CLinux
import Foundation

/// A terminal of the test's own: a program runs on one side, and the test sees and types on the other.
final class PseudoTerminal {
    private var master: Int32 = -1
    private let slave: Int32
    private let path: String
    private var bytes: [UInt8] = []

    /// Opens one that does not know its size (openpty(3)).
    init() throws {
        var slave: Int32 = -1
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&master, &slave, &name, nil, nil) == 0 else {
            throw Program.Failure(call: "openpty", number: errno)
        }
        CLinux_set_non_blocking(master)
        self.slave = slave
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        hangUp()
        close(slave)
    }

    /// Starts a program whose controlling terminal this is, for what it reads, prints and complains of.
    func start(_ command: String...) throws -> Program {
        let words = command.map { "'\($0)'" }.joined(separator: " ")
        return try Program("/bin/sh", ["-c", "exec /usr/bin/setsid --ctty \(words) <\(path) >\(path) 2>&1"])
    }

    /// Everything that was written to it so far.
    var text: String {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while master >= 0 {
            let count = read(master, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Forgets what was written.
    func clear() {
        _ = text
        bytes = []
    }

    func type(_ keys: String) {
        _ = write(master, keys, keys.utf8.count)
    }

    /// Gives it another size, as a window does whose border is drawn.
    func resize(rows: Int, columns: Int) async throws {
        let stty = try await Program.run("/usr/bin/stty", "-F", path, "rows", "\(rows)", "cols", "\(columns)")
        guard stty.exitCode == 0 else { throw WaitedInVain(description: "\(stty)") }
    }

    /// Closes the window.
    func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// Whether keys are handed over by the line and shown, as before any program changed that.
    var isCooked: Bool {
        var modes = termios()
        guard tcgetattr(slave, &modes) == 0 else { return false }
        return modes.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
    }
}
