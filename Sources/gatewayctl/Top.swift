import ArgumentParser
import Base
import Glibc
import Processes

/// `gatewayctl top`: what the daemon does, again and again.
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show workers and upstreams live: rates, latencies, lag.",
        discussion:
            "On a terminal it fills the screen until q or Ctrl-C; elsewhere it prints a line for each look. Rates are of the "
            + "time between two looks, latencies since the daemon's start.")

    @OptionGroup var control: ControlOptions
    @Option(help: "Between two looks, such as 500ms or 2s.") var interval = Timeout(duration: .seconds(1))
    @Option(help: "Looks to take; without it, it goes on.") var count: Int?

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count takes a number from 1 on.") }
    }

    func run() throws {
        let signals = try Signals(blocking: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH])
        Signals.ignoreBrokenPipes()
        let screen = control.json ? nil : Screen()
        defer { screen?.leave() }
        do {
            try look(signals, screen)
        } catch let error as ControlOptions.NoAnswer {
            // On the second screen nobody would read why.
            screen?.leave()
            throw error.told()
        }
    }

    /// Looks until it is to end.
    private func look(_ signals: borrowing Signals, _ screen: Screen?) throws {
        var last: (sample: TopSample, at: MonotonicTime)?
        var looks = 0
        while true {
            var view: TopView?
            if control.json {
                guard Screen.write(try control.answer(to: "stats")) else { return }
            } else {
                let sample = try control.sample()
                let now = MonotonicTime.now()
                let seconds = last.map { Double(now.since($0.at).wholeMicroseconds) / 1e6 } ?? 0
                let new = TopView(before: last?.sample, now: sample, seconds: seconds)
                last = (sample, now)
                view = new
                guard screen.map({ $0.show(new) }) ?? Screen.write(new.line + "\n") else { return }
            }
            looks += 1
            // A screen is to be seen for as long as the others were; a line stays.
            if screen == nil, looks == count { return }
            if try pause(signals, screen, view) || looks == count { return }
        }
    }

    /// Waits for the next look; true when it is to end.
    private func pause(_ signals: borrowing Signals, _ screen: Screen?, _ view: TopView?) throws -> Bool {
        let end = MonotonicTime.now() + interval.duration
        while true {
            let left = end.since(.now())
            if left == .zero { return false }
            var polls = [pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0)]
            if screen != nil { polls.append(pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)) }
            let ready = poll(&polls, nfds_t(polls.count), Int32(clamping: left.wholeMilliseconds))
            guard ready > 0 else { continue }
            while let signal = try signals.next() {
                switch signal.number {
                case SIGWINCH: break
                case SIGTSTP:
                    screen?.leave()
                    Signals.stopUntilContinued()
                    screen?.enter()
                default: return true
                }
                if let screen, let view, !screen.show(view) { return true }
            }
            if polls.count > 1, polls[1].revents != 0, Screen.isLeft() { return true }
        }
    }
}

/// The whole terminal, on its second screen, for as long as this is used.
private final class Screen {
    /// Nil while the terminal is as it was before.
    private var mode: TerminalMode?

    /// Nil when standard input and output are no terminal.
    init?() {
        enter()
        if mode == nil { return nil }
    }

    func enter() {
        guard isatty(STDOUT_FILENO) == 1, let mode = TerminalMode(STDIN_FILENO) else { return }
        self.mode = mode
        // The second screen, without a cursor (xterm control sequences).
        _ = Self.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Shows it; false when nobody can see it any more.
    func show(_ view: TopView) -> Bool {
        let size = TerminalMode.size(of: STDOUT_FILENO) ?? (24, 80)
        let lines = view.lines(rows: size.rows, columns: size.columns)
        // From the top, each line to its end, and nothing below the last.
        return Self.write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// Gives the terminal back; a second time it does nothing.
    func leave() {
        guard let mode else { return }
        _ = Self.write("\u{1B}[?25h\u{1B}[?1049l")
        mode.restore()
        self.mode = nil
    }

    /// Whether somebody pressed q, or the terminal is gone.
    static func isLeft() -> Bool {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        guard count > 0 else { return true }
        return keys[..<count].contains { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }
    }

    static func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
