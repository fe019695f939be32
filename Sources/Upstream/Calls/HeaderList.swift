/// Header lines that all calls of one request share: as bytes for the plain lane, as a list for libcurl when it asks.
package final class HeaderList {
    /// Whole lines, each with its end.
    private(set) var bytes: [UInt8] = []
    /// The same for libcurl, once one of the calls has asked for them.
    var lines: StringList?

    package init() {}

    /// Adds a field.
    ///
    /// The value must have no control bytes, since the line goes out as it is.
    package func append(_ name: StaticString, _ value: String) {
        if bytes.isEmpty { bytes.reserveCapacity(128) }
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: ":"))
        bytes.append(0x20)
        bytes.append(contentsOf: value.utf8)
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}
