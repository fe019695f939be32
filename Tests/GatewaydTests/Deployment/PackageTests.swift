import Foundation
import Testing

extension RunningPrograms {
    /// What is in the package, and what is installed without one.
    @Suite(
        .serialized, .seat, .enabled(if: DebianPackage.isPossible, "dpkg-dev is not installed; make test installs it"))
    struct PackageTests {
        private static let lintian = "/usr/bin/lintian"

        @Test("the same source gives the same bytes, whenever it is packaged", .tags(.slow))
        func reproducible() async throws {
            let first = try await DebianPackage.build(version: "1.0.0", sourceDateEpoch: 1_700_000_000)
            let second = try await DebianPackage.build(version: "1.0.0", sourceDateEpoch: 1_700_000_000)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: first.path))
            #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: second.path)))
            let dates = try await Program.run("/usr/bin/dpkg-deb", "--contents", first.path)
            #expect(dates.output.allSatisfy { $0.contains(" 2023-11-1") }, "no other time is in it")
        }

        @Test(
            "lintian finds no error and no warning", .tags(.slow),
            .enabled(if: FileManager.default.isExecutableFile(atPath: lintian), "lintian is not installed"))
        func policy() async throws {
            let package = try await DebianPackage.build(version: "1.0.0")
            // A debug build finds the Swift runtime in the toolchain; a release has it inside.
            let result = try await Program.run(
                Self.lintian, "--allow-root", "--fail-on", "error,warning", "--suppress-tags",
                "custom-library-search-path,hardening-no-relro",
                package.path)
            #expect(result.exitCode == 0, "\(result.output)")
        }

        @Test("installed elsewhere, the unit starts the programs there, and a configuration that is there stays")
        func elsewhere() async throws {
            let folder = try TemporaryFolder()
            let make = [
                "/usr/bin/make", "-s", "-C", Repository.path(""), "files",
                "PROGRAMS=\(URL(fileURLWithPath: Program.gatewayd).deletingLastPathComponent().path)",
                "DESTDIR=\(folder.path)", "PREFIX=/opt/gateway",
            ]
            let sample = "\(folder.path)/etc/gatewayd/gatewayd.yaml"
            for _ in 1...2 {
                let program = try Program(make[0], Array(make.dropFirst()))
                #expect(try await program.exit() == 0, "\(program.errors.lines)")
                try "workers: 1\n".write(toFile: sample, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOfFile: sample, encoding: .utf8) == "workers: 1\n")
            let prefix = "\(folder.path)/opt/gateway"
            let unit = try String(contentsOfFile: "\(prefix)/lib/systemd/system/gatewayd.service", encoding: .utf8)
            #expect(unit.contains("ExecStart=/opt/gateway/bin/gatewayd --config /etc/gatewayd/gatewayd.yaml\n"))
            #expect(!unit.contains("/usr/bin/"))
            let version = try await Program.run("\(prefix)/bin/gatewayctl", "--version")
            #expect(version.exitCode == 0)
            for shell in ["bash-completion/completions/gatewayd", "bash-completion/completions/gatewayctl"] {
                #expect(try await Program.run("/bin/bash", "-n", "\(prefix)/share/\(shell)").exitCode == 0)
            }
        }

        @Test(
            "each subcommand and option that help shows is in the manual page",
            arguments: [
                ("gatewayd.8", Program.gatewayd, ["check", "explain", "demo"]),
                (
                    "gatewayctl.1", Program.gatewayctl,
                    ["status", "top", "why", "reload", "restart", "scale", "upgrade", "drain", "stop", "fetch"]
                ),
            ])
        func manual(page: String, program: String, subcommands: [String]) async throws {
            let text = try Repository.text("deploy/man/\(page)")
            let overview = try await Program.run(program, "--help").output
            let listed = overview.drop { $0 != "SUBCOMMANDS:" }.compactMap { $0.firstMatch(of: /^  ([a-z][a-z-]*)/)?.1 }
            #expect(listed.count >= subcommands.count)
            for name in listed {
                #expect(text.contains(try Regex("Cm [^\\n]*\\b\(name)\\b")), "\(name) is not in \(page)")
            }
            for name in listed.map(String.init) {
                let help = try await Program.run(program, name, "--help").output.joined(separator: "\n")
                for option in help.matches(of: /\s--([a-z][a-z-]+)/) {
                    #expect(text.contains("Fl -\(option.1)"), "--\(option.1) of \(name) is not in \(page)")
                }
            }
        }

        @Test("the manual page of the configuration has each key of the reference")
        func configurationPage() async throws {
            let reference = Repository.path("deploy/CONFIGURATION.md")
            let command = "\(Repository.path("deploy/man/from-markdown")) < \(reference)"
            let page = try await Program.run("/bin/bash", "-c", command).output.joined(separator: "\n")
            let keys = try Repository.text("deploy/CONFIGURATION.md").matches(of: /(?m)^\| `([a-z_.]+)`/).map(\.1)
            #expect(keys.count > 50)
            for key in keys { #expect(page.contains(".TP\n\\fB\(key)\\fR"), "\(key) is no entry") }
            #expect(!page.contains("```") && !page.contains("\n|"), "no Markdown is left")
        }

        @Test(
            "logrotate accepts what it is to do",
            .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/logrotate"), "it is not installed"))
        func rotation() async throws {
            // Without the account, which is not on this machine.
            let folder = try TemporaryFolder()
            let file = "\(folder.path)/gatewayd"
            try Repository.text("deploy/gatewayd.logrotate").exchanging("\tsu gatewayd gatewayd\n", for: "")
                .write(toFile: file, atomically: true, encoding: .utf8)
            chmod(file, 0o644)
            let result = try await Program.run("/usr/sbin/logrotate", "--debug", file)
            #expect(result.exitCode == 0)
            #expect(!result.errors.contains { $0.hasPrefix("error:") }, "\(result.errors)")
        }
    }
}
