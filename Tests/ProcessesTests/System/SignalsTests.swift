import Glibc
import Testing

@testable import Processes

@Suite struct SignalsTests {
    @Test("signals have their names")
    func signalsTheir() {
        #expect(signalName(SIGKILL) == "SIGKILL")
        #expect(signalName(SIGSEGV) == "SIGSEGV")
        #expect(signalName(SIGSYS) == "SIGSYS")
        #expect(signalName(34) == "SIGRTMIN")
        #expect(signalName(37) == "SIGRTMIN+3")
        #expect(signalName(0) == "signal 0")
        #expect(signalName(99) == "signal 99")
    }

    @Test("a blocked signal is read from the descriptor")
    func blockedSignal() throws {
        let signals = try Signals(blocking: [SIGWINCH])
        #expect(try signals.next() == nil)
        pthread_kill(pthread_self(), SIGWINCH)
        let received = try #require(try signals.next())
        #expect(received == Signals.Received(number: SIGWINCH, sender: getpid()))
        #expect(try signals.next() == nil)
    }
}
