import Base
import Policy

/// A call that has ended, as far as its span tells of it.
struct EndedCall {
    /// Which of its request's calls it is.
    var index: Int
    /// Nil for one that is not configured.
    var name: String?
    var method: String
    /// Where it went: `scheme://host:port/base`; nil where it came to no server.
    var server: String?
    /// What it asked for, without a query, which may have secrets.
    var path: String
    /// The path as it is configured, without a query; nil for one that is not.
    var template: String?
    var attempts = 1
    /// Of its answer; nil where there was none.
    var status: Int?
    /// Nil when it succeeded.
    var failure: Failure?
    var start: MonotonicTime
    var elapsed: Duration

    /// A target's path, for `path`.
    static func path(of target: [UInt8]) -> String {
        String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }
}
