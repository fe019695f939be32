import Foundation
import Testing

extension RunningPrograms {
    /// `gatewayctl top` on a terminal.
    @Suite(.serialized, .seat) struct TopTests {
        private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
        private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

        private let gateway: Gateway
        private let terminal: PseudoTerminal

        init() async throws {
            gateway = try await Gateway.start(Page.configuration(try await Page.upstream()))
            terminal = try PseudoTerminal()
        }

        private func start(_ more: String = "1000") async throws -> Program {
            let program = try terminal.start(
                Program.gatewayctl, "top", "--interval", "50ms", "--count", more, "--socket", gateway.controlPath)
            do {
                try await waitUntil("it shows something") { terminal.text.contains("UPSTREAM") }
            } catch {
                program.stop()
                throw WaitedInVain(description: "\(error): \(terminal.text)")
            }
            return program
        }

        /// The program has ended, and the terminal is as it was; what came after its screen.
        private func end(_ program: Program, code: Int32 = 0) async throws -> String {
            defer { program.stop() }
            #expect(try await program.exit() == code)
            #expect(terminal.isCooked)
            let text = terminal.text
            #expect(text.hasPrefix(Self.enter))
            let pieces = text.components(separatedBy: Self.leave)
            #expect(pieces.count == 2, "the first screen is back, once")
            return pieces.last ?? ""
        }

        @Test(
            "q, Ctrl-C, Ctrl-\\ and TERM end it with 0, and so does its last look",
            arguments: ["q", "\u{3}", "\u{1C}", "TERM", ""])
        func ends(key: String) async throws {
            let program = try await start(key.isEmpty ? "2" : "1000")
            if key == "TERM" { program.signal(SIGTERM) } else { terminal.type(key) }
            // The terminal itself shows no key, and the program says no word more.
            #expect(try await end(program) == "")
        }

        @Test("a terminal that goes away ends it")
        func hangUp() async throws {
            let program = try await start()
            defer { program.stop() }
            terminal.hangUp()
            #expect(try await program.exit() == 0)
        }

        @Test("a window of another size is filled anew")
        func resize() async throws {
            let program = try await start()
            #expect(!terminal.text.contains("more lines"))
            try await terminal.resize(rows: 4, columns: 30)
            terminal.clear()
            try await waitUntil("it fits") { terminal.text.contains("more lines\u{1B}[K\u{1B}[J") }
            terminal.type("q")
            #expect(try await program.exit() == 0)
            #expect(terminal.isCooked && terminal.text.hasSuffix(Self.leave))
        }

        @Test("Ctrl-Z gives the terminal back for as long as it is stopped")
        func suspend() async throws {
            let program = try await start()
            terminal.clear()
            terminal.type("\u{1A}")
            // Nobody could continue the leader of a session, so the kernel does not stop it: it goes on at once.
            try await waitUntil("it left and came back") { terminal.text.contains(Self.leave + Self.enter) }
            terminal.type("q")
            #expect(try await program.exit() == 0)
            #expect(terminal.isCooked && terminal.text.hasSuffix(Self.leave))
        }

        @Test("when the daemon ends, it says so where it can be read, and ends with 69")
        func daemonEnds() async throws {
            let program = try await start()
            gateway.stop()
            #expect(
                try await end(program, code: 69).contains(
                    "gatewayctl: cannot reach the daemon at \(gateway.controlPath)"))
        }
    }
}
