package import HTTP
package import Loop

/// Who answers requests.
@LoopActor
package protocol RequestHandler: AnyObject {
    /// Answers one request, at once or later, by one call of `client.answer`; the client says when it goes away.
    ///
    /// `client.stream` begins an answer in pieces in place of that call.
    ///
    /// A callback and not an async function: optimised builds resumed a request's task on the global executor, which
    /// hops to another thread and back for every request.
    func respond(to request: Request, of client: Client)
    /// How the body of a request is to be read: asked once its head is there, where a body or another protocol follows.
    func bodyReading(of head: RequestHead) -> BodyReading
    /// A request was refused before it could be read whole.
    func refused(_ status: Int, client: String)
    func connectionOpened()
    func connectionClosed()
    /// The server drains from now on: answers that would go on for ever are to end.
    func drains()
}

extension RequestHandler {
    package func drains() {}
}

extension RequestHandler {
    package func bodyReading(of head: RequestHead) -> BodyReading { .whole }
}
