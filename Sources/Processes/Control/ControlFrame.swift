/// A message on the control socket: three letters, the protocol's version, the length of what follows, and then that.
///
/// Of 8 bytes, the first three are "GWC", the fourth is the version, and four give the length with the highest byte first.
package enum ControlFrame {
    /// Changes when the meaning of questions or answers does.
    package static let version: UInt8 = 1
    private static let letters = Array("GWC".utf8)
    private static let headerBytes = 8

    /// The bytes of a message.
    package static func encode(_ text: String, version: UInt8 = version) -> [UInt8] {
        let body = Array(text.utf8)
        let length = UInt32(clamping: body.count)
        return letters + [version] + (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) } + body
    }

    /// Puts one message together from the pieces in which it arrives.
    package struct Collector: Sendable {
        /// What the bytes so far come to.
        package enum State: Sendable, Hashable {
            /// The message is not whole yet.
            case incomplete
            case complete(String)
            /// Longer than the limit.
            case tooLong
            /// Of another version of the protocol.
            case version(UInt8)
            /// Nothing of this protocol, or its end in the middle.
            case foreign
            /// The other side left without a word.
            case empty
        }

        private let limit: Int
        private var bytes: [UInt8] = []

        /// - Parameter limit: Bytes of the text.
        package init(limit: Int) {
            self.limit = limit
        }

        /// Takes what was read; no bytes mean that no more will come.
        package mutating func append(_ piece: [UInt8]) -> State {
            bytes += piece
            guard zip(bytes, letters).allSatisfy({ $0 == $1 }) else { return .foreign }
            if bytes.count > 3, bytes[3] != version { return .version(bytes[3]) }
            let end = bytes.count >= headerBytes ? headerBytes + length : .max
            if end != .max, length > limit { return .tooLong }
            if bytes.count >= end { return .complete(String(decoding: bytes[headerBytes..<end], as: UTF8.self)) }
            guard piece.isEmpty else { return .incomplete }
            return bytes.isEmpty ? .empty : .foreign
        }

        private var length: Int { bytes[4..<8].reduce(0) { ($0 << 8) | Int($1) } }
    }
}
