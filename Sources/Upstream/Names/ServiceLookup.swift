import CLinux

/// The name servers of resolv.conf(5), asked for the records of a service.
package enum ServiceLookup {
    /// Bytes of an answer: the most that DNS over TCP carries, to which the resolver turns when an answer is cut off.
    private static let answerBytes = 1 << 16

    /// The SRV records of a name as it stands, without the domains that resolv.conf(5) would append; nil when it has
    /// none or nobody can be asked.
    ///
    /// Blocks for as long as the resolver takes.
    @Sendable
    package static func records(of name: String) -> ServiceAnswer? {
        var answer = [UInt8](repeating: 0, count: answerBytes)
        let length = answer.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { Int(CLinux_query_services(name, $0, CInt(buffer.count))) } ?? -1
        }
        guard length > 0 else { return nil }
        return ServiceAnswer(message: Array(answer.prefix(length)))
    }
}
