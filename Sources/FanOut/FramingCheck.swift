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

    /// Takes a line with its end; throws when the length of the body has no single source, the header no end, or the
    /// connection another protocol from here on.
    package mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        let isStatusLine = line.starts(with: "HTTP/".utf8)
        if isComplete {
            // Trailers say nothing that is passed on; but a redirect is followed by another answer.
            guard isStatusLine else { return }
            self = FramingCheck()
        }
        headerBytes += line.count
        guard headerBytes <= ResponseLimits.headerBytes else { throw .headerTooLong }
        let text = UnsafeBufferPointer(rebasing: line.prefix { $0 != 0x0D && $0 != 0x0A })
        if isStatusLine {
            fields = ResponseFields()
            // A status that libcurl repairs is a final one.
            let status = (try? fields.readStatusLine(text)) ?? 200
            guard status != 101 else { throw .unwantedUpgrade }
            isInterim = status < 200
        } else if text.isEmpty {
            isComplete = !isInterim
        } else {
            do throws(ResponseError) {
                try fields.read(text)
            } catch .badLength, .badCoding {
                throw .badLength
            } catch {
                // Not about the framing, and libcurl's to repair or to refuse.
            }
        }
    }
}
