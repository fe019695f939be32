import CLinux
import Glibc

/// A terminal that hands over each key as it is pressed and shows none; as it was before when this is given back.
package final class TerminalMode {
    private let descriptor: Int32
    private var before = termios()

    /// Changes the terminal (termios(3)); nil when the descriptor is none.
    package init?(_ descriptor: Int32) {
        guard tcgetattr(descriptor, &before) == 0 else { return nil }
        self.descriptor = descriptor
        var now = before
        now.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard tcsetattr(descriptor, TCSADRAIN, &now) == 0 else { return nil }
    }

    /// Puts it back.
    package func restore() {
        tcsetattr(descriptor, TCSADRAIN, &before)
    }

    /// Rows and columns; nil when the descriptor is no terminal or does not know.
    package static func size(of descriptor: Int32) -> (rows: Int, columns: Int)? {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard CLinux_terminal_size(descriptor, &rows, &columns) == 0, rows > 0, columns > 0 else { return nil }
        return (Int(rows), Int(columns))
    }
}
