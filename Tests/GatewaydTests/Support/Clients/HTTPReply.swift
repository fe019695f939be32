import Foundation

/// An answer as a client sees it.
struct HTTPReply: Sendable {
    var status: Int
    var headers: [(String, String)]
    var body: String

    /// The first field of that name; nil when there is none.
    func header(_ name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }

    /// The body as a JSON object; empty when it is none.
    var json: [String: Any] { jsonValue as? [String: Any] ?? [:] }

    /// The body as any JSON value; nil when it is none.
    var jsonValue: Any? {
        try? JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed)
    }
}
