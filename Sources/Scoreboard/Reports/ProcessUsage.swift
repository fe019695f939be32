package import Glibc

/// What a process uses of the machine, as the kernel counts it.
package struct ProcessUsage: Sendable, Equatable {
    /// Memory held in RAM, shared pages included, in bytes.
    package var residentBytes: UInt64
    /// Time on a CPU since the process began, user and system together; the kernel counts it in steps of 10 ms.
    package var cpuTime: Duration

    package init(residentBytes: UInt64, cpuTime: Duration) {
        self.residentBytes = residentBytes
        self.cpuTime = cpuTime
    }

    /// Reads /proc/PID/statm and /proc/PID/stat (proc(5)).
    ///
    /// Nil when there is no such process, or none we may see.
    package static func read(pid: pid_t) -> ProcessUsage? {
        guard pid > 0,
            let statm = contents(of: "/proc/\(pid)/statm"), let stat = contents(of: "/proc/\(pid)/stat"),
            let pages = residentPages(statm: statm), let ticks = cpuTicks(stat: stat)
        else { return nil }
        let pageSize = UInt64(clamping: sysconf(Int32(_SC_PAGESIZE)))
        let ticksPerSecond = max(1, UInt64(clamping: sysconf(Int32(_SC_CLK_TCK))))
        let milliseconds = ticks.multipliedReportingOverflow(by: 1_000).partialValue / ticksPerSecond
        return ProcessUsage(
            residentBytes: pages.multipliedReportingOverflow(by: pageSize).partialValue,
            cpuTime: .milliseconds(Int64(clamping: milliseconds)))
    }

    /// The second number of statm: pages in RAM.
    static func residentPages(statm: String) -> UInt64? {
        let fields = statm.split(separator: " ")
        return fields.count >= 2 ? UInt64(fields[1]) : nil
    }

    /// Fields 14 and 15 of stat: user and system time in clock ticks.
    ///
    /// Field 2 is the program's name in parentheses, which may itself hold spaces and parentheses: counting starts after
    /// the last one.
    static func cpuTicks(stat: String) -> UInt64? {
        guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[nameEnd...].dropFirst().split(separator: " ")
        guard fields.count >= 13, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else { return nil }
        return user &+ system
    }

    /// A small file's text; both files are one line that fits the buffer.
    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
