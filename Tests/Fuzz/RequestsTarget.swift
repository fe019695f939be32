@testable import Base
@testable import FanOut
@testable import HTTP
@testable import JSON

/// What must hold of the request parser for any bytes that a client sends; `ReadRequests` has a part of it.
enum RequestsTarget {
    /// The corpus that the gateway is held to, and one of each kind on a connection.
    static var seeds: [(name: String, bytes: [UInt8])] {
        mixed + RequestCase.all.filter { $0.bytes.count <= 1_000 }.enumerated().map { ("case-\($0)", $1.bytes) }
    }

    private static let mixed: [(name: String, bytes: [UInt8])] = [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "\r\nGET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nokGET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nA: b\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}",
        "GET http://u@a.test:1/ HTTP/1.1\r\nHost: a.test:1\r\n\r\n",
    ].enumerated().map { ("request-\($0)", bytes($1)) }

    /// Requests are the same in any pieces, and each ends with the byte that completes it and no other.
    static func run(_ text: UnsafeBufferPointer<UInt8>) {
        let bytes = Array(text)
        check(bytes, RequestLimits())
        var narrow = RequestLimits()
        narrow.headerBytes = 100
        narrow.headerFields = 3
        narrow.targetBytes = 10
        check(bytes, narrow)
    }

    private static func check(_ bytes: [UInt8], _ limits: RequestLimits) {
        let whole = ReadRequests([bytes[...]], limits)
        if let contradiction = whole.contradiction { preconditionFailure(contradiction) }
        for size in [1, 7] {
            precondition(ReadRequests(Pieces.of(bytes, each: size), limits) == whole, "pieces differ")
        }
        let cut = bytes.count / 3
        precondition(ReadRequests([bytes[..<cut], [], bytes[cut...]], limits) == whole, "two pieces differ")
        for one in whole.complete { checkMeaning(one, limits) }
        checkEnd(bytes, whole, limits)
    }

    /// What was read is within the limits, and written out again it is the same request.
    private static func checkMeaning(_ one: ReadRequests.One, _ limits: RequestLimits) {
        precondition(one.target.utf8.count <= limits.targetBytes, "a target over the limit")
        precondition(one.target.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "odd bytes in a target")
        _ = RequestTarget(one.target)
        let version = one.isHTTP10 ? "1.0" : "1.1"
        let host = one.host.map { "Host: \($0)\r\n" } ?? ""
        let again = ReadRequests("\(one.method) \(one.target) HTTP/\(version)\r\n\(host)\r\n")
        precondition(again.complete.count == 1 && again.complete[0].host == one.host, "what was read is no request")
    }

    /// Without its last byte the last of several whole requests is not whole, unless that was an empty line's.
    private static func checkEnd(_ bytes: [UInt8], _ whole: ReadRequests, _ limits: RequestLimits) {
        guard whole.refusal == nil, !whole.isInside, !whole.complete.isEmpty else { return }
        let less = ReadRequests([bytes.dropLast()], limits)
        precondition(less.isInside, "nothing is begun")
        let isEmptyLine = less.complete == whole.complete && bytes.suffix(2) == [0x0D, 0x0A]
        precondition(isEmptyLine || less.complete == whole.complete.dropLast(), "it ends too early")
    }
}
