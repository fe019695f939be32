import Base

/// How a worker names itself to servers, where a call does not bring a name of its own.
enum UserAgent {
    static let text = "gatewayd/\(Version.text)"
}
