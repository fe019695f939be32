import Base
import HTTP

/// Requests that are about no path.
extension RequestFlow {
    /// A request that is not about a path: about the whole server, or one that is refused.
    static func answer(withoutPath request: Request, _ id: String) -> Response {
        var response: Response
        switch (request.method, request.target) {
        case ("OPTIONS", "*"):
            // RFC 9110 section 9.3.7: a ping, whose answer need not say anything.
            response = Response(status: 204)
            response.fields.append("X-Request-Id", id)
            return response
        case ("CONNECT", _):
            // What follows would be for the other end of a tunnel that there is not, as nginx answers it.
            response = Problem(405, "No tunnel begins here.", requestID: id).response
            response.fields.append("Allow", "")
        default:
            response = Problem(400, "The target is no path that can be read.", requestID: id).response
        }
        response.endsConnection = true
        return response
    }
}
