import Base
import HTTP

/// What a call sends beside its target, and what of the client's request goes with it.
///
/// Nothing of a request travels unless a call lists it: no field, no cookie, no parameter, no body.
package struct CallRequest: Sendable, Equatable {
    /// Nil: the method of the request; HEAD goes as GET, since the answer's body is looked at.
    package var method: String? = "GET"
    /// Fields of the call's own, which take the place of the request's.
    package var fields: [(name: String, value: TextTemplate)] = []
    /// Fields of the request that go along, in lower case.
    package var forwardedFields: [String] = []
    package var forwardedQuery = Query.named([])
    package var forwardsBody = false
    /// A body of the call's own.
    package var body: JSONTemplate?

    /// Parameters of the request's query that go along, as they were sent.
    package enum Query: Sendable, Equatable {
        case all
        case named([String])
    }

    package init() {}

    package static func == (a: CallRequest, b: CallRequest) -> Bool {
        a.method == b.method && a.fields.elementsEqual(b.fields) { $0 == $1 }
            && a.forwardedFields == b.forwardedFields && a.forwardedQuery == b.forwardedQuery
            && a.forwardsBody == b.forwardsBody && a.body == b.body
    }

    package var references: [Reference] { fields.flatMap(\.value.references) + (body?.references ?? []) }

    /// Fields that belong to a connection, to framing or to the gateway itself, which no call may set or pass on
    /// (RFC 9110 sections 7.2, 7.6.1 and 8.6).
    package static let reservedFields = ProxyFields.ofConnection.union(["traceparent", "tracestate", "x-request-id"])

    /// The names of the fields that it sets or passes on, in lower case.
    package var fieldNames: [String] { fields.map { $0.name.lowercased() } + forwardedFields }
}

extension CallRequest {
    /// What goes out for a request; nil where a template wants what an answer does not have.
    func message(_ values: TemplateValues, for request: Request) -> OutgoingMessage? {
        var message = OutgoingMessage(method: method ?? (request.method == "HEAD" ? "GET" : request.method))
        for (name, template) in fields {
            guard let value = template.fill(values) else { return nil }
            message.append(name, value)
        }
        let own = Set(fields.map { $0.name.lowercased() })
        for name in forwardedFields where !own.contains(name) {
            for value in request.fields.all(name) { message.append(name, value) }
        }
        if let body {
            guard let json = body.fill(values) else { return nil }
            message.body = json
            if !fieldNames.contains("content-type") { message.append("Content-Type", "application/json") }
        } else if forwardsBody, !request.body.isEmpty {
            message.body = request.body
            if !fieldNames.contains("content-type"), let type = request.first("content-type") {
                message.append("Content-Type", type)
            }
        }
        return message
    }

    /// The target with the parameters that go along, behind those that it has.
    func target(_ target: [UInt8], for values: TemplateValues) -> [UInt8] {
        guard let query = values.target.query, forwardedQuery != .named([]) else { return target }
        var target = target
        var mark = target.contains(UInt8(ascii: "?")) ? UInt8(ascii: "&") : UInt8(ascii: "?")
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) where pair.allSatisfy(Self.isVisible) {
            if case .named(let names) = forwardedQuery {
                let name = PercentEncoding.decode(
                    Substring(pair.prefix { $0 != UInt8(ascii: "=") }), plusIsSpace: true)
                guard let name, names.contains(name) else { continue }
            }
            target.append(mark)
            target.append(contentsOf: pair)
            mark = UInt8(ascii: "&")
        }
        return target
    }

    private static func isVisible(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
    }
}
