/// What the answer to a request must know of it.
struct ReplyTraits {
    /// RFC 9112 section 9.3.
    var keepsAlive: Bool
    /// HTTP/1.0 wants to be told that the connection stays open.
    var isHTTP10: Bool
    /// A HEAD request's answer has the length of a GET's and no body (RFC 9110 section 9.3.2).
    var omitsBody: Bool
}
