import HTTP
import Loop

/// What the connections of a server share.
@LoopActor
final class EdgeResources {
    let limits: EdgeLimits
    let rules: ConnectionRules
    let handler: any RequestHandler
    /// For the bytes of one read, so that connections need no memory for it; a server lives as long as its process.
    let input: UnsafeMutableBufferPointer<UInt8>
    /// No connection takes a further request.
    var isDraining = false
    private var writer = ResponseWriter()
    /// For the bytes of one answer.
    private var assembled: [UInt8] = []

    init(_ handler: any RequestHandler, _ limits: EdgeLimits) {
        self.handler = handler
        self.limits = limits
        rules = ConnectionRules(limits.client)
        input = .allocate(capacity: max(limits.buffers.read, limits.buffers.bodyRead))
    }

    /// The bytes of an answer with a body, good until the next one.
    func assemble(_ response: Response, _ option: ResponseWriter.ConnectionOption, body: [UInt8]) -> [UInt8] {
        assembled.removeAll(keepingCapacity: true)
        writer.write(head: response, .length(response.body.count), connection: option, to: &assembled)
        assembled.append(contentsOf: body)
        return assembled
    }

    /// Appends the head of an answer.
    func write(
        _ head: Response, _ framing: BodyFraming, _ option: ResponseWriter.ConnectionOption, to bytes: inout [UInt8]
    ) {
        writer.write(head: head, framing, connection: option, to: &bytes)
    }
}
