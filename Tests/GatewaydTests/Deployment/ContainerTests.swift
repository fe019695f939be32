import Foundation
import Glibc
import Testing

extension RunningPrograms {
    /// deploy/kubernetes without a container engine: what the Dockerfile says, and the pod's confinement made by hand.
    @Suite(.serialized, .seat) struct ContainerTests {
        private static let file = "deploy/kubernetes/Dockerfile"

        /// The words after an instruction, a line that goes on in the next one joined.
        private func instructions(_ name: String) throws -> [String] {
            try Repository.text(Self.file).replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n")
                .filter { $0.hasPrefix("\(name) ") }
                .map { $0.dropFirst(name.count).split(separator: " ").joined(separator: " ") }
        }

        @Test("the image has the programs where they are started, as the user that the pod is")
        func agreement() throws {
            #expect(try instructions("COPY") == ["gatewayd gatewayctl /usr/bin/"])
            #expect(try instructions("ENTRYPOINT") == [#"["/usr/bin/gatewayd"]"#])
            #expect(try instructions("USER") == ["10001:10001"])
            let pod = try Repository.text("deploy/kubernetes/gatewayd.yaml")
            #expect(pod.contains("\n        runAsUser: 10001\n        runAsGroup: 10001\n"))
            // The tag is what this version calls itself.
            let source = try Repository.text("Sources/Base/Version.swift")
            let version = try #require(source.firstMatch(of: #/text = "(.+)"/#)).1
            #expect(pod.contains(" image: registry.example.com/gatewayd:\(version) "))
            #expect(try Repository.text(Self.file).contains("IMAGE=registry.example.com/gatewayd:\(version)\n"))
        }

        @Test("the image has every library that the programs ask for")
        func libraries() async throws {
            // debian:12-slim has what apt needs, which is written in C++.
            let base = [
                "libc.so.6", "libm.so.6", "libresolv.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
                "libgcc_s.so.1",
            ]
            let packages = ["libcurl.so.4": "libcurl4"]
            let installed = try #require(
                instructions("RUN").first?.split(separator: "&&")
                    .first { $0.contains("apt-get install") }?.split(separator: " "))
            #expect(installed.contains("ca-certificates"), "calls with TLS judge by them")
            for program in [Program.gatewayd, Program.gatewayctl] {
                let lines = try await Program.run("/usr/bin/objdump", "-p", program).output
                let needed = lines.compactMap { $0.firstMatch(of: #/NEEDED +(\S+)/#).map { String($0.1) } }
                #expect(needed.contains("libcurl.so.4"))
                // A release has the Swift runtime inside.
                for name in needed where !name.contains(#/^lib(swift|_?Foundation|dispatch|BlocksRuntime)/#) {
                    let isThere =
                        base.contains(name) || name == "libstdc++.so.6"
                        || packages[name].map { installed.contains(Substring($0)) } == true
                    #expect(isThere, "\(name) is not in the image")
                }
            }
        }

        /// Becomes what the pod's container is: process 1 of a namespace, without a network but its own, a root that is
        /// read-only, `/run/gatewayd` in memory, another user, no capability, and none to be had.
        private static let confinement = """
            set -e
            mount --make-rprivate /
            mount -t proc proc /proc
            mount --bind "$1" "$1"
            mount -o remount,bind,ro "$1"
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir /run/gatewayd
            mount -t tmpfs -o mode=2777,gid=10001,size=1m tmpfs /run/gatewayd
            mount -o remount,bind,ro /run
            mount -o remount,bind,ro /
            ip link set lo up
            exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \\
                "$2" --config "$1/gatewayd.yaml"
            """

        @Test(
            "the pod's configuration serves as process 1 without privileges on a read-only root, and drains on TERM",
            .enabled(if: SystemdMachine.obstacle == nil, "\(SystemdMachine.obstacle ?? "")"))
        func confined() async throws {
            let folder = try TemporaryFolder()
            let pod = try Repository.text("deploy/kubernetes/gatewayd.yaml")
            let block = try #require(pod.firstMatch(of: #/\n  gatewayd\.yaml: \|\n((?:    .*\n|\n)+)/#)).1
            try block.split(separator: "\n").map { $0.dropFirst(4) }.joined(separator: "\n")
                .write(toFile: "\(folder.path)/gatewayd.yaml", atomically: true, encoding: .utf8)
            // The test's folder is its owner's alone; a ConfigMap is for all to read.
            chmod(folder.path, 0o755)
            let program = try Program(
                "/usr/bin/unshare",
                [
                    "--fork", "--kill-child", "--pid", "--mount", "--uts", "--ipc", "--net", "/bin/bash", "-c",
                    Self.confinement, "bash", folder.path, Program.gatewayd,
                ])
            defer { program.stop() }
            try await waitUntil("all were ready: \(program.errors.lines)") {
                program.errors.lines.contains { $0.contains("\"event\":\"all_ready\"") } || program.exitCode != nil
            }
            let children = try String(
                contentsOfFile: "/proc/\(program.pid)/task/\(program.pid)/children", encoding: .utf8)
            let supervisor = try #require(Int32(children.trimmingCharacters(in: .whitespaces)))
            let status = try String(contentsOfFile: "/proc/\(supervisor)/status", encoding: .utf8)
            for line in [
                "NSpid:\t\(supervisor)\t1\n", "Uid:\t10001\t", "CapBnd:\t0000000000000000\n", "NoNewPrivs:\t1\n",
            ] {
                #expect(status.contains(line), "\(line)")
            }
            for (url, wanted) in [
                ("http://127.0.0.1:9180/readyz", "200"), ("http://127.0.0.1:9180/healthz", "200"),
                // Its upstreams are in a cluster that is not there.
                ("http://127.0.0.1:8080/page/1", "502"),
            ] {
                let answer = try await Program.run(
                    "/usr/bin/nsenter", "--target", "\(supervisor)", "--net", "curl", "-s", "-o", "/dev/null", "-w",
                    "%{http_code}", url)
                #expect(answer.output == [wanted], "\(url)")
            }
            kill(supervisor, SIGTERM)
            #expect(try await program.exit() == 0, "\(program.errors.lines.suffix(3))")
        }
    }
}
