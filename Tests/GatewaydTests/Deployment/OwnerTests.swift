import Foundation
import Testing

extension RunningPrograms {
    /// Whose the package is, and where it is at home.
    @Suite(
        .serialized, .seat, .enabled(if: DebianPackage.isPossible, "dpkg-dev is not installed; make test installs it"))
    struct OwnerTests {
        @Test("a package names the owner that was said in one place, and nobody else")
        func settings() async throws {
            let package = try await DebianPackage.build(
                version: "1.0.0",
                settings: [
                    "MAINTAINER": "Ada Lovelace <ada@example.net>", "HOMEPAGE": "https://gateway.example.net",
                    "LICENSE": "Apache-2.0",
                ])
            let control = try await Program.run("/usr/bin/dpkg-deb", "--field", package.path).output
            #expect(control.contains("Maintainer: Ada Lovelace <ada@example.net>"))
            #expect(control.contains("Homepage: https://gateway.example.net"))
            let folder = try TemporaryFolder()
            let unpacked = try await Program.run("/usr/bin/dpkg-deb", "--extract", package.path, folder.path)
            #expect(unpacked.exitCode == 0)
            let documents = "\(folder.path)/usr/share/doc/gatewayd"
            let copyright = try String(contentsOfFile: "\(documents)/copyright", encoding: .utf8)
            #expect(copyright.contains("\nUpstream-Contact: Ada Lovelace <ada@example.net>\n"))
            #expect(copyright.contains("\nLicense: Apache-2.0\n"))
            let rules = try String(contentsOfFile: "\(documents)/prometheus/gatewayd.rules.yml", encoding: .utf8)
            let links = rules.matches(of: #/runbook_url: (\S+)/#).map(\.1)
            #expect(links.count > 5)
            #expect(links.allSatisfy { $0.hasPrefix("https://gateway.example.net/deploy/OPERATIONS.md#gateway") })
            let left = try await Program.run("/bin/grep", "-r", "-l", "example\\.org", folder.path).output
            #expect(left == [], "still a placeholder's")
        }
    }
}
