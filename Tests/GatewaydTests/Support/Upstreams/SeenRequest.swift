import NIOCore
import NIOHTTP1

/// A request as an upstream saw it.
struct SeenRequest: Sendable {
    var method: String
    /// Path and query as they came.
    var target: String
    var headers: [(String, String)]
    var body = ""
    var arrived: ContinuousClock.Instant

    /// The first field of that name; nil when there is none.
    func header(_ name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }
}

/// What an upstream does with a request.
indirect enum Behaviour: Sendable {
    /// 200 with this text as application/json.
    case json(String)
    case status(Int, String)
    /// With fields of its own.
    case answer(Int, [(String, String)], String)
    /// The same, later.
    case delay(Duration, then: Behaviour)
    /// The same, once `TestUpstream.release` is called for the path.
    case hold(then: Behaviour)
    /// No answer, ever.
    case never
    /// The connection is reset, RST in TCP's words.
    case reset
    /// The connection is closed in the middle of the body.
    case closeEarly
    /// These bytes, then the end of the connection.
    case raw(String)
    /// These bytes, then what `RawEnd` says.
    case bytes([UInt8], then: RawEnd)
}

/// What comes after raw bytes.
enum RawEnd: Sendable {
    /// The end of the connection.
    case close
    /// The end of the connection as RST.
    case reset
    /// Nothing, until the client goes.
    case stay
    /// These bytes again and again, as fast as the client takes them, until it goes.
    case endless([UInt8])
    /// One byte every 20 ms, until the client goes.
    case drip(UInt8)
}
