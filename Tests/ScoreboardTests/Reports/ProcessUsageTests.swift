import Glibc
import Testing

@testable import Scoreboard

@Suite("What a process uses")
struct ProcessUsageTests {
    @Test("CPU time is read past a program's name that holds spaces and parentheses")
    func oddName() {
        let fields = (3...52).map { $0 == 14 ? "70" : $0 == 15 ? "5" : "1" }.joined(separator: " ")
        #expect(ProcessUsage.cpuTicks(stat: "42 (a) b) S 1 (x) " + fields) != nil)
        #expect(ProcessUsage.cpuTicks(stat: "42 (gate way) d) " + fields + "\n") == 75)
        #expect(ProcessUsage.cpuTicks(stat: "42 (gatewayd) S 1 2") == nil)
        #expect(ProcessUsage.cpuTicks(stat: "nothing of the kind") == nil)
    }

    @Test("Resident pages are the second number")
    func pages() {
        #expect(ProcessUsage.residentPages(statm: "100 42 7 1 0 9 0\n") == 42)
        #expect(ProcessUsage.residentPages(statm: "100") == nil)
    }

    @Test("A running process has memory, and one that is not there has no usage")
    func ownProcess() throws {
        let usage = try #require(ProcessUsage.read(pid: getpid()))
        #expect(usage.residentBytes > 1_000_000)
        #expect(usage.cpuTime >= .zero)
        #expect(ProcessUsage.read(pid: 0) == nil)
        #expect(ProcessUsage.read(pid: .max) == nil)
    }
}
