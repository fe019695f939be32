import HTTP

extension Response {
    /// The answer to a request that is not about a path: about the whole server, or one that is refused.
    init(withoutPath request: Request, id: String) {
        switch (request.method, request.target) {
        case ("OPTIONS", "*"):
            // RFC 9110 section 9.3.7: a ping, whose answer need not say anything.
            self.init(status: 204)
            fields.append("X-Request-Id", id)
            return
        case ("CONNECT", _):
            // What follows would be for the other end of a tunnel that there is not, as nginx answers it.
            self = Problem(405, "No tunnel begins here.", requestID: id).response
            fields.append("Allow", "")
        default:
            self = Problem(400, "The target is no path that can be read.", requestID: id).response
        }
        endsConnection = true
    }
}
