import FanOut
import HTTPEdge
import Loop

/// Who may: what a route asks of a request before anything is called.
extension RequestFlow {
    /// Lets a request go on, or answers it.
    ///
    /// - Parameter next: Gets the request as upstreams may see it.
    func admit(
        _ request: Request, _ access: Access, _ index: Int, _ id: String, _ client: Client, _ done: @escaping Done,
        next: (Request, @escaping Done) -> Void
    ) {
        func refuse(_ response: Response) { done(AnsweredRequest(response: response, route: services.routes[index])) }
        // A refusal too: a page could not tell it from an error of the network.
        if let cors = access.cors { client.extraFields = cors.fields(for: request.first("origin")) ?? HeaderBlock() }
        guard access.addresses?.admit(services.proxies.client(of: request)) ?? true else {
            return refuse(Self.forbidden(id))
        }
        guard let keys = access.keys else { return next(request, done) }
        switch keys.judge(request.fields) {
        case .known(let name):
            var request = request
            request.fields = keys.removed(from: request.fields)
            request.keyName = name
            next(request) {
                var answered = $0
                answered.keyName = name
                done(answered)
            }
        case .missing: refuse(Self.unauthorized("This route wants an API key.", keys.challenge(for: .missing), id))
        case .unknown: refuse(Self.unauthorized("Nobody has this API key.", keys.challenge(for: .unknown), id))
        }
    }

    /// The answer to a browser's question before a request to another origin; nil for any other request.
    func preflight(_ request: Request, _ target: RequestTarget, _ id: String) -> AnsweredRequest? {
        guard request.method == "OPTIONS", let method = request.first("access-control-request-method"),
            let origin = request.first("origin"),
            case .found(let index, _) = services.table.lookUp(method: method, segments: target.segments),
            let access = services.routes[index].access, let cors = access.cors
        else { return nil }
        let route = services.routes[index]
        guard access.addresses?.admit(services.proxies.client(of: request)) ?? true else {
            return AnsweredRequest(response: Self.forbidden(id), route: route)
        }
        var response = cors.preflight(
            for: origin, requested: request.first("access-control-request-headers"), routeMethods: route.methods)
        response.fields.append("X-Request-Id", id)
        return AnsweredRequest(response: response, route: route)
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
