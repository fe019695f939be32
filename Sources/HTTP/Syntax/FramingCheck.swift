import Base

/// Whether an answer that libcurl reads has one framing only, judged by the header lines that it tells of.
///
/// libcurl repairs much that `ResponseParser` refuses, and a server that needs it can have `engine: libcurl`. But it takes
/// the last of two lengths, prefers a coding to a length, and has no complaint when the connection ends in the middle of
/// the head: bodies that another reader would see differently.
package struct FramingCheck: Sendable {
    private var fields = ResponseFields()
    private var headerBytes = 0
    private var isInterim = false
    /// Whether the final head has come to its end.
    package private(set) var isComplete = false

    package init() {}

    /// Whether no line has come yet.
    package var isEmpty: Bool { headerBytes == 0 }

    /// Whether the body has a content coding, such as gzip (RFC 9110 section 8.4).
    package var isEncoded: Bool { fields.isEncoded }

    /// Takes a line with its end; throws when the length of the body has no single source, the header no end, or the
    /// connection another protocol from here on.
    package mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws(MessageError) {
        if isComplete {
            // Trailers say nothing that is passed on; but a redirect is followed by another answer.
            guard FieldSyntax.namesHTTP(line) else { return }
            self = FramingCheck()
        }
        headerBytes += line.count
        guard headerBytes <= ResponseLimits.headerBytes else { throw .headerTooLong }
        switch line[0] {
        case 0x0D, 0x0A: isComplete = !isInterim
        case UInt8(ascii: "H") where FieldSyntax.namesHTTP(line):
            fields = ResponseFields()
            // A status that libcurl repairs is a final one.
            let status = (try? fields.readStatusLine(Self.text(line))) ?? 200
            guard status != 101 else { throw .unwantedUpgrade }
            isInterim = status < 200
        case _ where ResponseFields.mayRead(line):
            do throws(MessageError) {
                try fields.read(Self.text(line))
            } catch .badLength, .badCoding {
                throw .badLength
            } catch {
                // Not about the framing, and libcurl's to repair or to refuse.
            }
        default: break
        }
    }

    /// The line up to its end, which starts with the first CR or LF.
    private static func text(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = 0
        while end < line.count, line[end] != 0x0D, line[end] != 0x0A {
            end += end + EightBytes.count <= line.count ? max(1, EightBytes(line, at: end).visible) : 1
        }
        return UnsafeBufferPointer(rebasing: line[..<end])
    }
}
