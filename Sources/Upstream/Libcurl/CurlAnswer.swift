import HTTP
import Policy

/// What of an answer libcurl has handed over, checked as it comes.
struct CurlAnswer {
    private(set) var body: [UInt8] = []
    /// Why it was stopped from here.
    private(set) var refusal: Failure?
    private(set) var framing = FramingCheck()
    private(set) var fields: HeaderFields?

    init(collectsFields: Bool) {
        fields = collectsFields ? HeaderFields() : nil
    }

    /// Takes a piece of the body; false when it is longer than the limit.
    mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
        guard bytes.count <= limit - body.count else {
            refusal = .tooLarge
            return false
        }
        // Mostly all of it comes at once, and then in a block of its size.
        if body.isEmpty { body = Array(bytes) } else { body.append(contentsOf: bytes) }
        return true
    }

    /// Takes a line of the header; false when the answer could be framed in two ways, or has a coding that nobody decodes.
    mutating func receiveHeader(_ line: UnsafeBufferPointer<UInt8>, isDecoding: Bool) -> Bool {
        do throws(MessageError) {
            try framing.take(line)
            fields?.collect(line)
            // What comes encoded though nobody asked is fetched again, to be decoded.
            return !framing.isEncoded || isDecoding
        } catch {
            refusal = .protocol
            return false
        }
    }
}
