import HTTP
import Loop

@testable import HTTPEdge

/// A client without a connection, and what it was answered.
@LoopActor
final class TestClient: AnswerSink {
    private(set) var answers: [Response] = []
    /// Heads of answers whose bodies go out in pieces.
    private(set) var streams: [Response] = []
    private(set) var interim: [Int] = []
    private(set) var client = Client()

    init() {
        client = Client(self, ReplyTraits(keepsAlive: true, isHTTP10: false, omitsBody: false))
    }

    func answer(_ client: Client, _ response: Response) { answers.append(response) }

    func stream(_ head: Response, length: Int?, for client: Client) -> ResponseStream? {
        streams.append(head)
        return nil
    }

    func inform(_ head: Response, _ client: Client) { interim.append(head.status) }

    /// It goes away.
    func leave() { client.leave() }

    var status: Int? { answers.first?.status }
    var body: String { String(decoding: answers.first?.body ?? [], as: UTF8.self) }
    var fields: String { String(decoding: answers.first?.fields.bytes ?? [], as: UTF8.self) }
}
