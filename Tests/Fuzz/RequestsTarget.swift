/// What must hold of the request parser for any bytes that a client sends; `ReadRequests` has a part of it.
enum RequestsTarget {
    static let seeds: [(name: String, bytes: [UInt8])] = [
        "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: h:80\r\nContent-Length: 5\r\n\r\n12\r\n5",
        "POST /p HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nT: t\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
    ].enumerated().map { ("request-\($0)", Array($1.utf8)) }

    /// Requests are the same in any pieces, and none has more than was sent.
    static func run(_ text: UnsafeBufferPointer<UInt8>) {
        let bytes = Array(text)
        let whole = ReadRequests([bytes[...]])
        precondition(whole.complete.reduce(0) { $0 + $1.body.count + $1.target.utf8.count } <= bytes.count)
        for size in [1, 7] { precondition(ReadRequests(Pieces.of(bytes, each: size)) == whole, "pieces differ") }
        let cut = bytes.count / 3
        precondition(ReadRequests([bytes[..<cut], [], bytes[cut...]]) == whole, "two pieces differ")
    }
}
