import Testing

@testable import Scoreboard

/// Both reports of one board, as they were before counters became rows: what others read by name and place stays.
///
/// A new counter adds its lines to the kept texts, and changes no other.
@Suite("Kept reports")
struct GoldenTests {
    @Test("/stats is byte for byte the kept text, but that the kept one has a line for each member")
    func stats() throws {
        let json = StatsReport(try TestBoard.golden(), now: .seconds(100), usage: Self.usage).json
        let lines = json.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",\n")
        #expect(lines == Self.keptStats)
    }

    @Test("/metrics is byte for byte the kept text")
    func metrics() throws {
        let text = MetricsReport(try TestBoard.golden(), now: .seconds(100), usage: Self.usage).text
        #expect(text == Self.keptMetrics)
    }

    /// What the one process that lives there uses.
    private static func usage(_ pid: Int32) -> ProcessUsage? {
        pid == 11 ? ProcessUsage(residentBytes: 4_096, cpuTime: .milliseconds(1_250)) : nil
    }
}
