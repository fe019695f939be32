import CLinux

/// A record that says where a service is (SRV, RFC 2782).
package struct ServiceRecord: Sendable, Hashable {
    /// Lower numbers are used first.
    package var priority: UInt16
    /// Its part of the calls beside those of the same priority.
    package var weight: UInt16
    package var port: UInt16
    /// The name of a host, without a dot at its end; empty where the service is decidedly not there.
    package var target: String

    package init(priority: UInt16, weight: UInt16, port: UInt16, target: String) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }
}

/// What a lookup of a service found.
package struct ServiceAnswer: Sendable, Equatable {
    /// Never empty.
    package var records: [ServiceRecord]
    /// The shortest time for which one of them holds, in seconds.
    package var secondsToLive: UInt32

    package init(records: [ServiceRecord], secondsToLive: UInt32) {
        self.records = records
        self.secondsToLive = secondsToLive
    }

    /// The most records of one answer; a longer answer is refused, since the time grows with their square.
    private static let most = 512

    /// The SRV records of an answer (RFC 1035 section 4); nil when it has none or too many, or is malformed.
    ///
    /// Records of another kind, such as the CNAME that led to them, are passed over.
    package init?(message: [UInt8]) {
        var answer = ServiceAnswer(records: [], secondsToLive: .max)
        var target = [CChar](repeating: 0, count: CLinux_name_bytes)
        var service = CLinux_service()
        var index: CInt = 0
        while true {
            let found = CLinux_next_service(message, CInt(clamping: message.count), &index, &service, &target)
            if found == 0 { break }
            guard found > 0, answer.records.count < Self.most else { return nil }
            let name = String(decoding: target.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            answer.records.append(
                ServiceRecord(
                    priority: service.priority, weight: service.weight, port: service.port,
                    // The root's name is a dot: the service is decidedly not there.
                    target: name == "." ? "" : name))
            answer.secondsToLive = min(answer.secondsToLive, service.lives)
        }
        guard !answer.records.isEmpty else { return nil }
        self = answer
    }
}
