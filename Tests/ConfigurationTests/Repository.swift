import Configuration
import Foundation

/// The files that tests hold the program against, found from this file's place in the package.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

extension SecretFiles {
    /// Those that the examples of the documentation name.
    static let ofExamples = SecretFiles { path in
        let text: String? =
            switch path {
            case "/etc/gatewayd/api-keys": "mobile \(String(repeating: "0a", count: 32))\n"
            case "/etc/gatewayd/internal-ca.pem", "/etc/gatewayd/client.pem":
                "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
            case "/run/credentials/gatewayd.service/client.key":
                "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"
            default: nil
            }
        return text.map { .success(Array($0.utf8)) } ?? .failure(SecretFiles.Failure(message: "\(path) is not there"))
    }
}
