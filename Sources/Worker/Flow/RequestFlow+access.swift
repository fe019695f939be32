import Access
import Base
import FanOut
import HTTP
import HTTPEdge
import Loop
import Tokens

/// Who may: what a route asks of a request before anything is called.
extension RequestFlow {
    /// Lets a request go on, as upstreams may see it, or gives the answer that refuses it.
    ///
    /// - Parameter tokens: Who judges its token; nil where it needs none.
    func admit(
        _ exchange: Exchange, _ access: RouteAccess, _ tokens: TokenService?,
        then: @escaping (_ refusal: Response?) -> Void
    ) {
        let request = exchange.request
        // A refusal too: a page could not tell it from an error of the network.
        if let cors = access.cors {
            exchange.client.extraFields = cors.fields(for: request.first("origin")) ?? HeaderBlock()
        }
        guard access.addresses?.admit(services.proxies.client(of: request)) ?? true else {
            return then(Self.forbidden(exchange.id))
        }
        if !access.reserved.isEmpty, let rest = access.reserved.removed(from: request.fields) {
            exchange.pass(request.with(rest, keyName: nil))
        }
        if let keys = access.keys { return then(admit(exchange, keys)) }
        guard let tokens else { return then(nil) }
        tokens.judge(exchange.request) { verdict in
            // It may have waited for keys; for a client that went away meanwhile nothing is called.
            then(exchange.client.isGone ? Self.withoutKeys(exchange.id) : Self.admit(exchange, verdict))
        }
    }

    private func admit(_ exchange: Exchange, _ keys: APIKeys) -> Response? {
        let request = exchange.request
        switch keys.judge(request.fields) {
        case .known(let name):
            exchange.pass(request.with(keys.removed(from: request.fields), keyName: name))
            return nil
        case .missing:
            return Self.unauthorized("This route wants an API key.", keys.challenge(for: .missing), exchange.id)
        case .unknown:
            return Self.unauthorized("Nobody has this API key.", keys.challenge(for: .unknown), exchange.id)
        }
    }

    private static func admit(_ exchange: Exchange, _ verdict: TokenService.Verdict) -> Response? {
        // RFC 6750 section 3.
        let challenge = "Bearer realm=\"gatewayd\""
        switch verdict {
        case .known(let request):
            exchange.pass(request)
            return nil
        case .missing: return unauthorized("This route wants a token.", challenge, exchange.id)
        case .refused(let error):
            let why = ", error=\"invalid_token\", error_description=\"\(error.description)\""
            return unauthorized(error.description, challenge + why, exchange.id)
        case .unavailable: return withoutKeys(exchange.id)
        }
    }

    private static func withoutKeys(_ id: String) -> Response {
        let problem = Problem(503, "The keys of tokens are not to be had at present.", requestID: id)
        return problem.after(.seconds(1)).response
    }

    /// The answer to a browser's question before a request to another origin; nil for any other request.
    func preflight(_ exchange: Exchange, _ target: RequestTarget) -> Response? {
        let request = exchange.request
        guard request.method == "OPTIONS", let method = request.first("access-control-request-method"),
            let origin = request.first("origin"),
            case .found(let index, _) = services.table.lookUp(method: method, segments: target.segments),
            let access = services.routes[index].route.access, let cors = access.cors
        else { return nil }
        let service = services.routes[index]
        exchange.enter(service)
        guard access.addresses?.admit(services.proxies.client(of: request)) ?? true else {
            return Self.forbidden(exchange.id)
        }
        var response = cors.preflight(
            for: origin, requested: request.first("access-control-request-headers"), routeMethods: service.route.methods
        )
        response.fields.append("X-Request-Id", exchange.id)
        return response
    }

    private static func forbidden(_ id: String) -> Response {
        Problem(403, "This route does not answer clients of this address.", requestID: id).response
    }

    private static func unauthorized(_ detail: String, _ challenge: String, _ id: String) -> Response {
        var response = Problem(401, detail, requestID: id).response
        response.fields.append("WWW-Authenticate", challenge)
        return response
    }
}
