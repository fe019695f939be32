import CLinux
import Glibc

/// How many CPUs this process may really use: those of its affinity mask, and no more than its cgroups' quota pays for.
package enum UsableCPUs {
    /// Reads affinity and quota; at least 1.
    package static func count() -> Int {
        count(affinity: Int(CLinux_affinity_count()), root: "")
    }

    /// Decides from the number of CPUs in the mask and the cgroup files below a root other than "/"; at least 1.
    package static func count(affinity: Int, root: String) -> Int {
        count(affinity: affinity) { contents(of: root + $0) }
    }

    /// Decides from the number of CPUs in the mask and the texts of cgroup files; at least 1.
    ///
    /// A quota of 1.5 CPUs counts as 2: rounding up lets two workers share it, rounding down would leave some unused.
    /// `readFile` returns nil for a file that is not there.
    package static func count(affinity: Int, readFile: (String) -> String?) -> Int {
        let quotas = quotas(readFile: readFile)
        let paid = quotas.min().map { Int(min($0, 8_192).rounded(.up)) } ?? .max
        return max(1, min(affinity, paid))
    }

    /// CPUs that a cgroup v2 `cpu.max` grants, such as 1.5 for "150000 100000"; nil for "max" and for what is no quota.
    package static func quota(v2 text: String) -> Double? {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count == 2 else { return nil }
        return quota(String(fields[0]), per: String(fields[1]))
    }

    /// CPUs that cgroup v1 `cpu.cfs_quota_us` and `cpu.cfs_period_us` grant; nil for a quota of -1, which is none.
    package static func quota(v1 quotaText: String, period: String) -> Double? {
        quota(quotaText.filter { !$0.isWhitespace }, per: period.filter { !$0.isWhitespace })
    }

    /// The cgroup paths of a process from the text of /proc/PID/cgroup, cgroups(7); nil where it is in none.
    package static func paths(procCgroup text: String) -> (v2: String?, v1CPU: String?) {
        var v2: String?
        var v1: String?
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0", fields[1].isEmpty { v2 = String(fields[2]) }
            if fields[1].split(separator: ",").contains("cpu") { v1 = String(fields[2]) }
        }
        return (v2, v1)
    }

    /// Every quota that binds the process: its own cgroup's and those above it.
    private static func quotas(readFile: (String) -> String?) -> [Double] {
        guard let text = readFile("/proc/self/cgroup") else { return [] }
        let (v2, v1) = paths(procCgroup: text)
        var quotas: [Double] = []
        for path in ancestors(of: v2) {
            if let found = readFile("/sys/fs/cgroup\(path)/cpu.max").flatMap({ quota(v2: $0) }) { quotas.append(found) }
        }
        for path in ancestors(of: v1) {
            for mount in ["cpu", "cpu,cpuacct", "cpuacct,cpu"].map({ "/sys/fs/cgroup/\($0)" }) {
                guard let amount = readFile("\(mount)\(path)/cpu.cfs_quota_us"),
                    let period = readFile("\(mount)\(path)/cpu.cfs_period_us")
                else { continue }
                if let found = quota(v1: amount, period: period) { quotas.append(found) }
            }
        }
        return quotas
    }

    /// "/a/b", "/a" and "": a container without a cgroup namespace sees its limits at the mount's root.
    private static func ancestors(of path: String?) -> [String] {
        guard let path else { return [] }
        let names = path.split(separator: "/")
        return (0...names.count).reversed().map { names.prefix($0).map { "/" + $0 }.joined() }
    }

    private static func quota(_ amount: String, per period: String) -> Double? {
        guard let amount = Int(amount), let period = Int(period), amount > 0, period > 0 else { return nil }
        return Double(amount) / Double(period)
    }

    /// A small file's text, its first 4 KiB; nil when it cannot be read.
    private static func contents(of path: String) -> String? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        guard let bytes = try? descriptor.read(upTo: 4_096) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
