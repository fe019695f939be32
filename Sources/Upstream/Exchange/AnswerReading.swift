import HTTP
import Policy

/// The answer to one request as a value: bytes in, what to do out.
///
/// The connection has the socket and does it.
struct AnswerReading {
    enum Step: Equatable {
        /// All bytes are taken, and the answer goes on.
        case more
        /// An interim answer is to be passed on.
        case informed
        /// The head of an answer that is passed on is read.
        case began
        /// A piece of its body.
        case piece(Range<Int>)
        /// The body has a coding, which this lane does not decode.
        case coded
        case failed(Failure)
        /// The answer is whole; `hasRest` where bytes follow that belong to nobody.
        case end(hasRest: Bool)
    }

    private(set) var parser = ResponseParser()
    /// Of an answer that is not passed on.
    private(set) var body: [UInt8] = []
    /// Whether any byte of the answer has come.
    private(set) var hasAny = false
    private var limit = 0
    private var isPassedOn = false

    /// Makes ready for the answer to the next request.
    ///
    /// - Parameter limit: Bytes of a body that is not passed on.
    mutating func begin(isHead: Bool, collecting: Bool, passingOn: Bool, upgrading: Bool, limit: Int) {
        hasAny = false
        isPassedOn = passingOn
        self.limit = limit
        parser.begin(isHead: isHead, collecting: collecting, passingOn: passingOn, upgrading: upgrading)
    }

    /// Takes bytes from `cursor` on, which moves behind them.
    mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int) -> Step {
        hasAny = true
        do throws(MessageError) {
            while true {
                switch try parser.next(bytes, &cursor) {
                case .more: return .more
                case .interim: return .informed
                case .head:
                    if isPassedOn { return .began }
                    if parser.isEncoded { return .coded }
                    guard let length = parser.contentLength else { continue }
                    guard length <= limit else { return .failed(.tooLarge) }
                    body.reserveCapacity(length)
                case .body(let range):
                    if isPassedOn { return .piece(range) }
                    guard range.count <= limit - body.count else { return .failed(.tooLarge) }
                    body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
                case .end: return .end(hasRest: cursor < bytes.count)
                }
            }
        } catch {
            return .failed(.protocol)
        }
    }

    /// Bytes of the body that may be read right into their place: not its end, behind which there may be more; 0 where the
    /// body is not large.
    func placed(atLeast least: Int, atMost most: Int) -> Int {
        let bytes = isPassedOn ? 0 : min(parser.bodyLeft - least, most)
        return bytes >= least ? bytes : 0
    }

    /// Has a piece of a body of known size read into its place.
    mutating func read(_ read: (inout [UInt8]) -> Wire.Read) -> Wire.Read {
        let result = read(&body)
        if case .bytes(let count) = result { parser.passOver(count) }
        return result
    }

    /// The server closed its side: whether that ends the answer.
    mutating func close() -> Bool { hasAny && parser.close() }

    /// The body, which is no longer kept here.
    mutating func takeBody() -> [UInt8] {
        var whole: [UInt8] = []
        swap(&whole, &body)
        return whole
    }
}
