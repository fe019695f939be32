import Base
import JSON
import Policy

/// How one call went, as those see it who ask why a request took so long or failed.
package struct CallTrail: Sendable {
    package var name: String
    /// From the start of the request's calls.
    package var start: Duration
    package var settled: Settled
    /// The URL of the server that had the last attempt; nil where it came to none.
    package var server: String?
    package var attempts: Int
    /// Only where the route is traced.
    package var times: Times?

    package struct Times: Sendable {
        /// From the call's start until its request was handed to a connection, in line and connecting included.
        package var sent: Duration?
        /// Of the connection, where one was made for it.
        package var connection: (dns: Duration, connect: Duration, tls: Duration)?
        /// From the call's start.
        package var firstByte: Duration?

        package init(
            sent: Duration?, connection: (dns: Duration, connect: Duration, tls: Duration)?, firstByte: Duration?
        ) {
            self.sent = sent
            self.connection = connection
            self.firstByte = firstByte
        }
    }

    package init(name: String, start: Duration, settled: Settled, server: String?, attempts: Int, times: Times? = nil) {
        self.name = name
        self.start = start
        self.settled = settled
        self.server = server
        self.attempts = attempts
        self.times = times
    }
}

/// How the calls of a request went.
package struct RequestTrail: Sendable {
    package var calls: [CallTrail]

    package init(calls: [CallTrail]) {
        self.calls = calls
    }

    /// The value of `X-Gateway-Trace`: calls with parameters, as a list of RFC 9651; times in milliseconds.
    ///
    /// `sent`, `first_byte` and `total` count from the call's start; `dns`, `connect` and `tls` are of a connection that
    /// was made for it.
    package var header: [UInt8] {
        var bytes: [UInt8] = []
        for (index, call) in calls.enumerated() {
            if index > 0 { bytes.append(contentsOf: ", ".utf8) }
            bytes.append(contentsOf: call.name.utf8)
            Self.append("start", call.start, to: &bytes)
            if let connection = call.times?.connection {
                Self.append("dns", connection.dns, to: &bytes)
                Self.append("connect", connection.connect, to: &bytes)
                Self.append("tls", connection.tls, to: &bytes)
            }
            if let sent = call.times?.sent { Self.append("sent", sent, to: &bytes) }
            if let first = call.times?.firstByte { Self.append("first_byte", first, to: &bytes) }
            Self.append("total", call.settled.elapsed, to: &bytes)
            bytes.append(contentsOf: ";attempts=\(call.attempts)".utf8)
            if let server = call.server { bytes.append(contentsOf: ";server=\"\(server)\"".utf8) }
            if let failure = call.settled.failure { bytes.append(contentsOf: ";error=\(failure.name)".utf8) }
        }
        return bytes
    }

    private static func append(_ name: StaticString, _ duration: Duration, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ";"))
        bytes.append(name)
        bytes.append(UInt8(ascii: "="))
        JSONText.append(milliseconds: duration, to: &bytes)
    }

    /// What a record says of the request itself.
    package struct Subject: Sendable {
        package var requestID: String
        package var method: String
        package var route: String
        /// When it ended, as RFC 3339 has it.
        package var time: String
        /// The slot's number.
        package var worker: Int

        package init(requestID: String, method: String, route: String, time: String, worker: Int) {
            self.requestID = requestID
            self.method = method
            self.route = route
            self.time = time
            self.worker = worker
        }
    }

    /// A record of the request as JSON, of so many bytes at most: calls that have no room are left out, and it says so.
    package func record(of subject: Subject, status: Int, elapsed: Duration, limit: Int) -> [UInt8] {
        var json: [UInt8] = []
        json.append(contentsOf: "{\"request_id\":".utf8)
        JSONText.append(string: subject.requestID, to: &json)
        json.append(contentsOf: ",\"at\":\"\(subject.time)\",\"method\":\"\(subject.method)\",\"route\":".utf8)
        JSONText.append(string: String(subject.route.prefix(256)), to: &json)
        json.append(contentsOf: ",\"worker\":\(subject.worker),\"status\":\(status),\"ms\":".utf8)
        JSONText.append(milliseconds: elapsed, to: &json)
        json.append(contentsOf: ",\"calls\":[".utf8)
        var leftOut = 0
        var isFirst = true
        for call in calls {
            let text = Self.json(call)
            guard json.count + text.count + 32 <= limit else {
                leftOut += 1
                continue
            }
            if !isFirst { json.append(UInt8(ascii: ",")) }
            isFirst = false
            json.append(contentsOf: text)
        }
        json.append(contentsOf: "],\"left_out\":\(leftOut)}".utf8)
        return json
    }

    private static func json(_ call: CallTrail) -> [UInt8] {
        var json: [UInt8] = []
        json.append(contentsOf: "{\"name\":".utf8)
        JSONText.append(string: call.name, to: &json)
        json.append(contentsOf: ",\"start_ms\":".utf8)
        JSONText.append(milliseconds: call.start, to: &json)
        json.append(UInt8(ascii: ","))
        call.settled.write(to: &json)
        json.append(contentsOf: ",\"attempts\":\(call.attempts)".utf8)
        if let server = call.server {
            json.append(contentsOf: ",\"server\":".utf8)
            JSONText.append(string: server, to: &json)
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
