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

    /// Reads the SRV records of an answer (RFC 1035 section 4); nil when it has none, or cannot be read.
    ///
    /// Records that are of another kind, such as the CNAME that led to them, are passed over.
    package init?(message: [UInt8]) {
        var reader = DNSReader(message)
        // Of the header, the two counts that matter.
        guard reader.skip(4), let questions = reader.number16(), let answers = reader.number16(), reader.skip(4) else {
            return nil
        }
        for _ in 0..<questions {
            guard reader.name() != nil, reader.skip(4) else { return nil }
        }
        var records: [ServiceRecord] = []
        var secondsToLive = UInt32.max
        for _ in 0..<answers {
            guard reader.name() != nil, let type = reader.number16(), reader.skip(2), let seconds = reader.number32(),
                let length = reader.number16()
            else { return nil }
            guard type == 33 else {
                guard reader.skip(Int(length)) else { return nil }
                continue
            }
            let end = reader.position + Int(length)
            guard let priority = reader.number16(), let weight = reader.number16(), let port = reader.number16(),
                let target = reader.name(), reader.position == end
            else { return nil }
            records.append(ServiceRecord(priority: priority, weight: weight, port: port, target: target))
            secondsToLive = min(secondsToLive, seconds)
        }
        guard !records.isEmpty else { return nil }
        self.init(records: records, secondsToLive: secondsToLive)
    }
}

/// Reads a DNS message from its front; every reading is nil at and beyond its end.
private struct DNSReader {
    /// Labels of one name, pointers included: more than 253 bytes can have, so that pointers in a circle end.
    private static let labelLimit = 128

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func skip(_ count: Int) -> Bool {
        guard count <= bytes.count - position else { return false }
        position += count
        return true
    }

    mutating func number16() -> UInt16? {
        guard skip(2) else { return nil }
        return (UInt16(bytes[position - 2]) << 8) | UInt16(bytes[position - 1])
    }

    mutating func number32() -> UInt32? {
        guard let high = number16(), let low = number16() else { return nil }
        return (UInt32(high) << 16) | UInt32(low)
    }

    /// A name, with its pointers followed (RFC 1035 section 4.1.4); what is no text in it becomes U+FFFD.
    mutating func name() -> String? {
        var labels: [String] = []
        var place = position
        /// Where the name ends in its own place, once a pointer led elsewhere.
        var end: Int?
        for _ in 0..<Self.labelLimit {
            guard place < bytes.count else { return nil }
            let length = Int(bytes[place])
            switch length {
            case 0:
                position = end ?? place + 1
                return labels.joined(separator: ".")
            case 0xC0...:
                guard place + 1 < bytes.count else { return nil }
                end = end ?? place + 2
                place = ((length & 0x3F) << 8) | Int(bytes[place + 1])
            case 1...63:
                guard length < bytes.count - place else { return nil }
                labels.append(String(decoding: bytes[place + 1...place + length], as: UTF8.self))
                place += length + 1
            default: return nil
            }
        }
        return nil
    }
}
