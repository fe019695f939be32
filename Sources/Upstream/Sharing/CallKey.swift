import HTTP
package import Loop

/// All of a call that reaches its upstream: calls with equal keys have the same answer.
///
/// Forwarded fields are part of it, so that callers who differ in `Authorization` or `Cookie` never share. Only what is
/// another one in every request is not: the request's id, its trace, and the time that is left of it.
package struct CallKey: Sendable, Hashable {
    private var bytes: [UInt8]
    /// It carries `Authorization`.
    package private(set) var isAuthorized = false
    /// It says itself what it wants of caches, and has that from the upstream alone (RFC 9111 section 5.2.1).
    package private(set) var asksPastCache = false

    /// The memory that it takes.
    var byteCount: Int { bytes.count }

    /// Nil for a call that is not shared: one with another method than GET, with a body, of a URL from outside, or whose
    /// answer is taken as it comes.
    @LoopActor
    package init?(_ order: borrowing CallOrder) {
        guard order.sink == nil, !order.hasURL else { return nil }
        let (endpoint, target, message) = (order.endpoint, order.target, order.message)
        if let message, message.method != "GET" || message.body != nil { return nil }
        let settings = endpoint.settings
        bytes = []
        bytes.reserveCapacity(32 + target.count + (message?.fields.count ?? 0))
        // What the endpoint adds to the request, and what it makes of the answer.
        bytes.append(contentsOf: "\(settings.bodyLimit) \(settings.userAgent)\n".utf8)
        bytes.append(settings.sendsAccept ? 1 : 0)
        bytes.append(settings.collectsFields ? 1 : 0)
        bytes.append(contentsOf: target)
        bytes.append(0x0A)
        let unkeyed = endpoint.upstream.unkeyedFields
        append(lines: order.headers?.bytes ?? [], without: unkeyed)
        append(lines: message?.fields ?? [], without: unkeyed)
    }

    private mutating func append(lines: [UInt8], without unkeyed: Set<String>) {
        for line in lines.split(separator: 0x0A) {
            let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
            guard !unkeyed.contains(name) else { continue }
            if name == "authorization" { isAuthorized = true }
            if name == "cache-control" || name == "pragma" { asksPastCache = true }
            bytes.append(contentsOf: line)
            bytes.append(0x0A)
        }
    }
}
