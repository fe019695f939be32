package import HTTP
package import Loop

/// What the answer to a client goes out on: its connection, or in tests what they look at.
@LoopActor
package protocol AnswerSink: AnyObject {
    /// Sends a whole answer.
    func answer(_ client: Client, _ response: Response)
    /// Begins an answer in pieces; nil when the client has its answer or is gone.
    func stream(_ head: Response, length: Int?, for client: Client) -> ResponseStream?
    /// Sends an interim answer.
    func inform(_ head: Response, _ client: Client)
}

/// Who waits for an answer, as its handler sees it.
///
/// Cheaper than cancelling a task, whose handler would be called on any thread: all of this happens on the loop.
@LoopActor
package final class Client {
    /// Whether nobody will read the answer.
    package private(set) var isGone = false
    /// Called once, when the client goes away before its answer is out.
    package var onGone: (() -> Void)?

    /// What any answer carries in addition, such as what it allows a browser.
    package var extraFields: HeaderBlock?

    /// Nil when nobody is there to be answered.
    private var sink: (any AnswerSink)?
    let reply: ReplyTraits
    /// The request's body, where it is taken as it comes; nil where the request has all of it.
    package let body: RequestBody?

    /// One that waits and that no answer reaches.
    package convenience init() {
        self.init(nil, ReplyTraits(keepsAlive: false, isHTTP10: false, omitsBody: true))
    }

    init(_ sink: (any AnswerSink)?, _ reply: ReplyTraits, _ body: RequestBody? = nil) {
        self.body = body
        self.sink = sink
        self.reply = reply
    }

    /// Sends the answer; another one, or one that comes when the client is gone, goes nowhere.
    package func answer(_ response: Response) {
        sink?.answer(self, completed(response))
    }

    /// Begins an answer whose body comes in pieces, in place of a whole one.
    ///
    /// - Parameters:
    ///   - head: Status and fields; its body is the first piece.
    ///   - length: Bytes of the whole body; nil when that is not known, as of what is still being made.
    package func stream(_ head: Response, length: Int? = nil) -> ResponseStream {
        let stream = sink?.stream(completed(head), length: length, for: self)
        sink = nil
        return stream ?? ResponseStream()
    }

    /// An answer with its additional fields.
    func completed(_ response: Response) -> Response {
        guard let extraFields else { return response }
        var response = response
        response.fields.append(extraFields)
        return response
    }

    /// Sends an interim answer (RFC 9110 section 15.2), of which a client of HTTP/1.0 knows nothing.
    package func inform(_ head: Response) {
        sink?.inform(head, self)
    }

    /// Whether the answer may end with trailers, when its length is not known before.
    package var takesTrailers: Bool { !reply.isHTTP10 && !reply.omitsBody }

    func leave() {
        isGone = true
        sink = nil
        let onGone = self.onGone
        self.onGone = nil
        onGone?()
    }
}
