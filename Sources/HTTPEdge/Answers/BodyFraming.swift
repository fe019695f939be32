/// How a client finds the end of an answer's body (RFC 9112 section 6.3).
enum BodyFraming: Equatable {
    /// After so many bytes.
    case length(Int)
    /// With the last chunk.
    case chunked
    /// With the connection, which is all that HTTP/1.0 has for a body whose length is not known before.
    case untilClose
    /// With the connection, which is another protocol's from the head on (RFC 9110 section 7.8).
    case upgraded
    /// There is none to find, and no field speaks of one.
    case none

    /// That of a body which comes in pieces.
    ///
    /// The answer to HEAD may leave out what only a body makes known (RFC 9110 section 9.3.2).
    ///
    /// - Parameter length: Of the whole body in bytes, nil when it is not known.
    init(status: Int, length: Int?, reply: ReplyTraits) {
        if status == 101 {
            self = .upgraded
        } else if status == 204 || status == 304 {
            self = .none
        } else if let length {
            self = .length(length)
        } else if reply.omitsBody {
            self = .none
        } else {
            self = reply.isHTTP10 ? .untilClose : .chunked
        }
    }
}
