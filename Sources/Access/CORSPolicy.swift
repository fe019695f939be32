import Base
package import HTTP

/// What a browser may do with a route's answers on pages of other origins (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).
package struct CORSPolicy: Sendable, Equatable {
    /// Nil: all origins.
    package var origins: Set<String>?
    /// Empty: those that the route takes.
    package var methods: [String] = []
    /// Fields of requests beyond those that are always allowed; nil: all.
    package var headers: [String]? = []
    /// Fields of answers that a page may read.
    package var exposed: [String] = []
    /// Whether cookies and the like go along, which no policy with an "all" may have.
    package var allowsCredentials = false
    /// How long a browser may keep the answer to a preflight; nil: as long as it does by itself.
    package var maxAge: Duration?

    /// - Parameter origins: Nil: all; otherwise as browsers write them, such as `https://shop.example`.
    package init(origins: Set<String>?) {
        self.origins = origins
    }

    /// What every answer of the route carries; nil where there is nothing to say.
    ///
    /// - Parameter origin: The request's `Origin`, nil when it has none.
    package func fields(for origin: String?) -> HeaderBlock? {
        guard let allowed = allowedOrigin(for: origin) else { return varies ? vary() : nil }
        var block = varies ? vary() : HeaderBlock()
        block.append("Access-Control-Allow-Origin", allowed)
        if allowsCredentials { block.append("Access-Control-Allow-Credentials", "true") }
        if !exposed.isEmpty { block.append("Access-Control-Expose-Headers", exposed.joined(separator: ", ")) }
        return block
    }

    /// The answer to a preflight: 204, which allows nothing to an origin that is not one of ours.
    ///
    /// - Parameters:
    ///   - requested: The fields that the page wants to send, as `Access-Control-Request-Headers` has them.
    ///   - routeMethods: Those that the route takes.
    package func preflight(for origin: String, requested: String?, routeMethods: [String]) -> Response {
        var response = Response(status: 204)
        // A cache that keeps one all the same must not hand it to another page (RFC 9110 section 12.5.5).
        response.fields.append(
            "Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        guard let allowed = allowedOrigin(for: origin) else { return response }
        response.fields.append("Access-Control-Allow-Origin", allowed)
        if allowsCredentials { response.fields.append("Access-Control-Allow-Credentials", "true") }
        let methods = self.methods.isEmpty ? routeMethods : self.methods
        response.fields.append("Access-Control-Allow-Methods", methods.joined(separator: ", "))
        let headers = self.headers?.joined(separator: ", ") ?? requested ?? ""
        if !headers.isEmpty { response.fields.append("Access-Control-Allow-Headers", headers) }
        if let maxAge { response.fields.append("Access-Control-Max-Age", "\(maxAge.wholeMilliseconds / 1_000)") }
        return response
    }

    private func allowedOrigin(for origin: String?) -> String? {
        guard let origins else { return "*" }
        return origin.flatMap { origins.contains($0) ? $0 : nil }
    }

    /// Whether answers to different origins differ.
    private var varies: Bool { origins != nil }

    private func vary() -> HeaderBlock {
        var block = HeaderBlock()
        block.append("Vary", "Origin")
        return block
    }
}

extension CORSPolicy {
    /// Whether a text is an origin as browsers write it: scheme, host in lower case, a port that is not the scheme's own.
    package static func isOrigin(_ text: String) -> Bool {
        (try? HTTPURL(text))?.origin == text
    }
}

extension HeaderFields {
    /// An answer's fields without what an upstream says of origins, where the gateway says it.
    package var withoutCORS: HeaderFields {
        let prefix: StaticString = "access-control-"
        return without { name in
            name.count > prefix.utf8CodeUnitCount
                && FieldSyntax.isName(UnsafeBufferPointer(rebasing: name[..<prefix.utf8CodeUnitCount]), prefix)
        }
    }
}
