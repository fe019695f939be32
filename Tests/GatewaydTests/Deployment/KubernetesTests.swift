import Foundation
import Testing

private let validator = Repository.root.appending(path: ".build/manifests/bin/kubernetes-validate").path
private let python = Repository.root.appending(path: ".build/manifests/bin/python").path

extension RunningPrograms {
    /// deploy/kubernetes/gatewayd.yaml, held against the API's schema and against itself.
    @Suite(
        .serialized, .seat,
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: validator), "make setup-test installs kubernetes-validate")
    )
    struct KubernetesTests {
        private static let file = Repository.root.appending(path: "deploy/kubernetes/gatewayd.yaml").path

        @Test("the objects follow the schema of the API strictly", arguments: ["1.33.0", "1.37.0"])
        func schema(version: String) async throws {
            let result = try await Program.run(validator, "--strict", "-k", version, Self.file)
            #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
            let passed = result.output + result.errors
            #expect(passed.count { $0.contains("passed") } == 5, "\(passed)")
        }

        @Test("a property that the API does not have is found")
        func unknownProperty() async throws {
            let folder = try TemporaryFolder()
            try Repository.text("deploy/kubernetes/gatewayd.yaml")
                .exchanging("maxUnavailable: 1\n", for: "maxUnavailble: 1\n")
                .write(toFile: "\(folder.path)/wrong.yaml", atomically: true, encoding: .utf8)
            #expect(try await Program.run(validator, "--strict", "\(folder.path)/wrong.yaml").exitCode != 0)
        }

        /// An object, as JSON has it.
        private typealias Object = [String: Any]

        private func objects() async throws -> [String: Object] {
            let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))"
            let result = try await Program.run(python, "-c", script, Self.file)
            let all = try JSONSerialization.jsonObject(with: Data(result.output.joined().utf8)) as? [Object]
            return Dictionary(uniqueKeysWithValues: try #require(all).map { ($0["kind"] as? String ?? "", $0) })
        }

        /// What is in an object under those keys; numbers are elements of lists.
        private func value(_ object: Object?, _ path: String) -> Any? {
            path.split(separator: ".").reduce(object as Any?) { value, key in
                if let index = Int(key), let list = value as? [Any] {
                    return list.indices.contains(index) ? list[index] : nil
                }
                return (value as? Object)?[String(key)]
            }
        }

        @Test("the configuration in it is valid, and listens where probes and Service go")
        func configuration() async throws {
            let objects = try await objects()
            let text = try #require(value(objects["ConfigMap"], "data") as? [String: String])["gatewayd.yaml"]
            let folder = try TemporaryFolder()
            try #require(text).write(toFile: "\(folder.path)/gatewayd.yaml", atomically: true, encoding: .utf8)
            let check = try await Program.run(Program.gatewayd, "check", "--config", "\(folder.path)/gatewayd.yaml")
            #expect(check.exitCode == 0 && check.errors == [])
            let container = try #require(value(objects["Deployment"], "spec.template.spec.containers.0") as? Object)
            let ports = try #require(container["ports"] as? [Object])
            let named = Dictionary(
                uniqueKeysWithValues: ports.map { ($0["name"] as? String ?? "", $0["containerPort"] as? Int ?? 0) })
            let words = check.output.map { $0.split(separator: " ").joined(separator: " ") }
            #expect(words.contains("listen 0.0.0.0:\(named["http"] ?? 0)"))
            #expect(words.contains("admin 0.0.0.0:\(named["admin"] ?? 0)"))
            #expect(value(objects["Service"], "spec.ports.0.targetPort") as? String == "http")
            for (probe, path) in [
                ("startupProbe", "/readyz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/healthz"),
            ] {
                #expect(value(container, "\(probe).httpGet.port") as? String == "admin", "\(probe)")
                #expect(value(container, "\(probe).httpGet.path") as? String == path)
            }
        }

        @Test("all objects mean the same pods, and a pod has time to drain")
        func agreement() async throws {
            let objects = try await objects()
            let labels = ["app.kubernetes.io/name": "gatewayd"]
            for (kind, path) in [
                ("Deployment", "spec.selector.matchLabels"), ("Deployment", "spec.template.metadata.labels"),
                ("Service", "spec.selector"), ("PodDisruptionBudget", "spec.selector.matchLabels"),
            ] {
                #expect(value(objects[kind], path) as? [String: String] == labels, "\(kind) \(path)")
            }
            let target = value(objects["HorizontalPodAutoscaler"], "spec.scaleTargetRef") as? [String: String]
            #expect(target == ["apiVersion": "apps/v1", "kind": "Deployment", "name": "gatewayd"])
            let spec = try #require(value(objects["Deployment"], "spec.template.spec") as? Object)
            let pause = value(spec, "containers.0.lifecycle.preStop.exec.command") as? [String]
            let grace = try #require(spec["terminationGracePeriodSeconds"] as? Int)
            #expect(grace > 30 + (try #require(pause?.last.flatMap { Int($0) })), "preStop and the drain of 30 s")
        }
    }
}
