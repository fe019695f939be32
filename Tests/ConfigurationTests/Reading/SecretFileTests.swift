import FanOut
import Policy
import Testing

@testable import Configuration

/// Values that stand in files of their own.
@Suite struct SecretFileTests {
    private static let files = SecretFiles { path in
        switch path {
        case "/run/key": .success(Array("s3{cret}\n".utf8))
        case "/run/count": .success(Array("12\r\n".utf8))
        case "/run/empty": .success([0x0A])
        case "/run/bytes": .success([0xFF, 0xFE])
        case "/run/lines": .success(Array("a\nb".utf8))
        case "/run/large": .success(Array(repeating: 0x61, count: SecretFiles.limit + 1))
        default: .failure(SecretFiles.Failure(message: "read \(path): No such file or directory"))
        }
    }

    private static func load(_ value: String, key: String = "headers: { X-Key: VALUE }") throws(InvalidConfiguration)
        -> Configuration
    {
        let text =
            "routes: [{ path: /, fan_out: [{ name: a, url: 'http://h/', \(key.replacing("VALUE", with: value)) }] }]"
        return try Configuration.load(text.utf8, path: "f", environment: ["DIR": "/run"], files: files).configuration
    }

    private static func error(_ value: String, key: String = "headers: { X-Key: VALUE }") -> String? {
        do throws(InvalidConfiguration) {
            _ = try load(value, key: key)
            return nil
        } catch {
            return error.errors.map(\.description).joined(separator: "|")
        }
    }

    @Test("a value is what is in its file, without the line end, and braces in it are braces")
    func reads() throws {
        for value in ["file:/run/key", "'file:${DIR}/key'"] {
            let call = try #require(firstFanOut(of: try Self.load(value))?.calls.first)
            #expect(call.request?.fields.map(\.value) == [TextTemplate(literal: "s3{cret}")])
        }
        #expect(
            firstFanOut(of: try Self.load("file:/run/count", key: "max_body: VALUE"))?.calls.first?.accepted.maxBody
                == 12)
    }

    @Test("what cannot be used is an error at its place, and no message shows what is in a file")
    func refuses() {
        #expect(Self.error("file:/run/none") == "f:1:78: read /run/none: No such file or directory")
        #expect(Self.error("file:key")?.contains("wants an absolute path") == true)
        #expect(Self.error("file:/run/empty")?.contains("has no text") == true)
        #expect(Self.error("file:/run/bytes")?.contains("has no text in UTF-8") == true)
        #expect(Self.error("file:/run/large")?.contains("more than 64 KiB") == true)
        #expect(
            Self.error("file:/run/lines")?.contains("wants text without control characters; found what is in a file")
                == true)
        let wrong = Self.error("file:/run/key", key: "timeout: VALUE")
        #expect(
            wrong?.contains("found what is in a file") == true && wrong?.contains("cret") == false, "\(wrong ?? "")")
    }
}
