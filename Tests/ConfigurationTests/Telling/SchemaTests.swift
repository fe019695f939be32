import Configuration
import Foundation
import Testing

/// `gatewayd schema`, held against files with another's validator.
@Suite struct SchemaTests {
    private static let validator = Repository.root.appending(path: ".build/schema/bin/check-jsonschema").path
    private static let isThere = FileManager.default.isExecutableFile(atPath: validator)

    /// Whether the validator finds nothing; its words otherwise.
    private static func validate(_ arguments: [String]) throws -> (isValid: Bool, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: validator)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus == 0, output)
    }

    private static func withFiles(_ texts: [String], _ body: (String, [String]) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = folder.appending(path: "schema.json").path
        try ConfigurationSchema.text.write(toFile: schema, atomically: true, encoding: .utf8)
        let files = try texts.enumerated().map { index, text in
            let file = folder.appending(path: "\(index).yaml").path
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return file
        }
        try body(schema, files)
    }

    @Test("the schema is one of 2020-12", .enabled(if: isThere, "make setup-test installs check-jsonschema"))
    func isSchema() throws {
        try Self.withFiles([]) { schema, _ in
            let found = try Self.validate(["--check-metaschema", schema])
            #expect(found.isValid, "\(found.output)")
        }
    }

    @Test(
        "what gatewayd check accepts is valid by the schema",
        .enabled(if: isThere, "make setup-test installs check-jsonschema"))
    func accepts() throws {
        let reference = try Repository.text("deploy/CONFIGURATION.md").components(separatedBy: "```yaml\n").dropFirst()
        var texts = reference.compactMap { $0.components(separatedBy: "```\n").first }
        texts.append(try Repository.text("deploy/gatewayd.yaml"))
        texts.append("limits:\nupstreams:\nworkers: ${WORKERS}\ndrain: ${DRAIN:-5s}\n" + someRoutes)
        for text in texts {
            texts.append(
                try ConfigurationText(text.utf8, path: "f", environment: ["WORKERS": "2"], files: .ofExamples)
                    .effective())
        }
        try Self.withFiles(texts) { schema, files in
            let found = try Self.validate(["--schemafile", schema] + files)
            #expect(found.isValid, "\(found.output)")
        }
    }

    @Test(
        "a mistake that a schema can see is one by the schema, as it is for gatewayd check",
        .enabled(if: isThere, "make setup-test installs check-jsonschema"),
        arguments: [
            "wrokers: 2", "x-mine: 1", "workers: 65", "workers: many", "drain: soon", "drain: 0s", "access_log: maybe",
            "listen: []", "control: run/x.sock", "admin: 9180", "limits: { request_body: 10MB }", "limits: 3",
            "limits: { header_fields: 0 }", "limits: { adaptive: 1 }", "restart: { backof: 1s }", "recycle: [1]",
            "upstreams: { a: {} }", "upstreams: { 'a b': { servers: [http://h] } }",
            "upstreams: { a: { servers: [ftp://h] } }", "upstreams: { a: { servers: [http://h], balance: best } }",
            "upstreams: { a: { servers: [{ weight: 2 }] } }", "log: { level: loud }", "tracing: { sample: 1% }",
            "upstreams: { a: { servers: http://h, retry: { on: [200] } } }", "cors: {}", "auth: { jwt: {} }",
        ])
    func refuses(line: String) throws {
        let text = line + "\n" + someRoutes
        #expect(!errors(text).isEmpty)
        try Self.withFiles([text]) { schema, files in
            let found = try Self.validate(["--schemafile", schema] + files)
            #expect(!found.isValid)
        }
    }

    @Test("every key of the schema says what it is")
    func describes() {
        let lines = ConfigurationSchema.text.split(separator: "\n")
        #expect(lines.filter { $0.contains(#""description": """#) } == [])
        #expect(lines.filter { $0.contains(#""description""#) }.count > 150)
        #expect(!ConfigurationSchema.text.contains("](#"))
    }
}
