import Foundation
import Testing

@testable import Processes

@Suite struct UsableCPUsTests {
    private func count(affinity: Int, _ files: [String: String]) -> Int {
        UsableCPUs.count(affinity: affinity) { files[$0] }
    }

    @Test("the affinity mask counts where there is no quota")
    func affinityMask() {
        #expect(count(affinity: 4, [:]) == 4)
        #expect(count(affinity: 4, ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n"]) == 4)
    }

    @Test("a quota of one and a half is rounded up to two")
    func quotaOne() {
        #expect(count(affinity: 8, ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n"]) == 2)
    }

    @Test("the tightest quota above the process binds")
    func tightestQuota() {
        let files = [
            "/proc/self/cgroup": "0::/a.slice/b.service\n",
            "/sys/fs/cgroup/a.slice/cpu.max": "100000 100000\n",
            "/sys/fs/cgroup/a.slice/b.service/cpu.max": "400000 100000\n",
        ]
        #expect(count(affinity: 8, files) == 1)
    }

    @Test("a version one quota is found under the controller's mount")
    func versionOne() {
        let files = [
            "/proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n2:memory:/docker/abc\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "300000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]
        #expect(count(affinity: 8, files) == 3)
    }

    @Test("the files of both versions are read where a system has them")
    func fixtures() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "cgroups-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        func write(_ files: [String: String]) throws -> String {
            try? FileManager.default.removeItem(at: root)
            for (path, text) in files {
                let file = root.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            return root.path
        }
        let v2 = try write([
            "proc/self/cgroup": "0::/system.slice/gatewayd.service\n",
            "sys/fs/cgroup/system.slice/cpu.max": "max 100000\n",
            "sys/fs/cgroup/system.slice/gatewayd.service/cpu.max": "250000 100000\n",
        ])
        #expect(UsableCPUs.count(affinity: 8, root: v2) == 3)
        #expect(UsableCPUs.count(affinity: 2, root: v2) == 2, "the mask is tighter")
        for mount in ["cpu", "cpu,cpuacct", "cpuacct,cpu"] {
            let v1 = try write([
                "proc/self/cgroup": "5:\(mount):/docker/abc\n1:name=systemd:/docker/abc\n0::/\n",
                "sys/fs/cgroup/\(mount)/docker/abc/cpu.cfs_quota_us": "400000\n",
                "sys/fs/cgroup/\(mount)/docker/abc/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/\(mount)/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/\(mount)/cpu.cfs_period_us": "100000\n",
            ])
            #expect(UsableCPUs.count(affinity: 8, root: v1) == 4, "\(mount)")
        }
        #expect(UsableCPUs.count(affinity: 8, root: try write([:])) == 8)
    }

    @Test("there is always at least one")
    func thereAlways() {
        #expect(count(affinity: 0, [:]) == 1)
        #expect(count(affinity: -1, [:]) == 1)
        #expect(count(affinity: 4, ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "1000 100000"]) == 1)
        #expect(UsableCPUs.count() >= 1)
    }

    @Test(
        "what is no quota grants without limit",
        arguments: ["", "max", "max 100000", "-1 100000", "x y", "100000 0", "1 2 3", "99999999999999999999 1"])
    func quotaGrants(text: String) {
        #expect(UsableCPUs.quota(v2: text) == nil)
    }

    @Test("a version one quota of minus one is none")
    func versionOneQuota() {
        #expect(UsableCPUs.quota(v1: "-1\n", period: "100000\n") == nil)
        #expect(UsableCPUs.quota(v1: "50000\n", period: "100000\n") == 0.5)
    }

    @Test("lines of other controllers are skipped")
    func linesOther() {
        let paths = UsableCPUs.paths(procCgroup: "12:cpuset:/x\n3:cpu:/y:z\nrubbish\n0::/w\n")
        #expect(paths.v1CPU == "/y:z")
        #expect(paths.v2 == "/w")
        #expect(UsableCPUs.paths(procCgroup: "").v2 == nil)
    }
}
