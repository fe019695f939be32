import FanOut
import HTTPEdge
import Loop

/// Who may: what a route asks of a request before anything is called.
extension RequestFlow {
    /// Lets a request go on, as upstreams may see it, or gives the answer that refuses it.
    func admit(_ exchange: Exchange, _ access: Access) -> Response? {
        let request = exchange.request
        // A refusal too: a page could not tell it from an error of the network.
        if let cors = access.cors {
            exchange.client.extraFields = cors.fields(for: request.first("origin")) ?? HeaderBlock()
        }
        guard access.addresses?.admit(services.proxies.client(of: request)) ?? true else {
            return Self.forbidden(exchange.id)
        }
        guard let keys = access.keys else { return nil }
        switch keys.judge(request.fields) {
        case .known(let name):
            exchange.admit(request.with(keys.removed(from: request.fields), keyName: name))
            return nil
        case .missing:
            return Self.unauthorized("This route wants an API key.", keys.challenge(for: .missing), exchange.id)
        case .unknown:
            return Self.unauthorized("Nobody has this API key.", keys.challenge(for: .unknown), exchange.id)
        }
    }

    /// The answer to a browser's question before a request to another origin; nil for any other request.
    func preflight(_ exchange: Exchange, _ target: RequestTarget) -> AnsweredRequest? {
        let request = exchange.request
        guard request.method == "OPTIONS", let method = request.first("access-control-request-method"),
            let origin = request.first("origin"),
            case .found(let index, _) = services.table.lookUp(method: method, segments: target.segments),
            let access = services.routes[index].access, let cors = access.cors
        else { return nil }
        let route = services.routes[index]
        exchange.enter(route, index)
        guard access.addresses?.admit(services.proxies.client(of: request)) ?? true else {
            return AnsweredRequest(response: Self.forbidden(exchange.id))
        }
        var response = cors.preflight(
            for: origin, requested: request.first("access-control-request-headers"), routeMethods: route.methods)
        response.fields.append("X-Request-Id", exchange.id)
        return AnsweredRequest(response: response)
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
