import Foundation
import Testing

extension RunningPrograms {
    /// A worker that has no descriptor left (EMFILE, accept(2)).
    @Suite(.serialized, .alone) struct DescriptorLimitTests {
        @Test(
            "without descriptors it takes no more connections, serves those that it has, and goes on when there are some"
        )
        func pausesAndRecovers() async throws {
            let folder = try TemporaryFolder()
            let script = "\(folder.path)/gatewayd"
            // Soft and hard limit: the supervisor raises the one to the other.
            try "#!/bin/sh\nulimit -n 64\nexec \(Program.gatewayd) \"$@\"\n"
                .write(toFile: script, atomically: true, encoding: .utf8)
            chmod(script, 0o755)
            let gateway = try await Gateway.start(
                "routes: [{ path: /, respond: { body: ok } }]", as: .init(executable: script))
            let worker = try #require(try await gateway.stats().workers.first).pid
            var clients: [RawClient] = []
            for _ in 0..<100 { clients.append(try await gateway.connect()) }
            try await waitUntil("it has no descriptor left") { ProcessFiles.descriptors(of: worker).count >= 64 }
            #expect(try #require(ProcessFiles.listener(port: gateway.port)).waiting > 0)
            // Clients that were taken are served.
            try await clients[0].request("GET", "/")
            #expect(try await clients[0].reply().body == "ok")

            // The rest waits for its turn, and gets it as soon as the others leave.
            for client in clients[..<60] { client.disconnect() }
            for client in clients[60...] {
                try await client.request("GET", "/")
                #expect(try await client.reply().body == "ok")
            }
            #expect(try await gateway.get("/").status == 200)
            let after = try #require(try await gateway.stats().workers.first)
            #expect(after.pid == worker && after.restarts == 0)
        }
    }
}
