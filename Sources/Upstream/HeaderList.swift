import CCurl
import FanOut

/// Header lines that all calls of one request share: as bytes for the plain lane, as a list for libcurl when it asks.
package final class HeaderList {
    /// Whole lines, each with its end.
    private(set) var bytes: [UInt8] = []
    private var lines: StringList?

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

    /// The lines as libcurl takes them (CURLOPT_HTTPHEADER(3)), with the program's name.
    ///
    /// Given by CURLOPT_USERAGENT, libcurl would write that out for every call, and copy it once more.
    ///
    /// - Parameter host: The field's value where it is not that of the URL.
    func list(_ settings: TransferSettings, _ message: OutgoingMessage?, host: String? = nil) -> StringList {
        let isUsual = settings.sendsAccept && !settings.userAgent.isEmpty && message == nil && host == nil
        if isUsual, let lines { return lines }
        let list = StringList()
        if let host { list.append("Host: \(host)") }
        if !settings.userAgent.isEmpty { list.append("User-Agent: \(settings.userAgent)") }
        list.append(lines: bytes)
        if let message {
            // What libcurl adds by itself is taken back by a name without a value, unless the call has its own.
            if !settings.sendsAccept { list.append("Accept:") }
            if message.contentLength != nil {
                list.append("Content-Type:")
                list.append("Expect:")
            }
            list.append(lines: message.fields)
        }
        if isUsual { lines = list }
        return list
    }
}

/// A list of strings that libcurl keeps a pointer to: whoever uses it holds it, and the last one frees it.
final class StringList {
    private(set) var list: UnsafeMutablePointer<curl_slist>?

    init() {}

    func append(_ text: String) {
        // Out of memory leaves the list as it was: the call goes out without this line.
        if let longer = curl_slist_append(list, text) { list = longer }
    }

    func append(lines: [UInt8]) {
        for line in lines.split(separator: 0x0A) { append(String(decoding: line.dropLast(), as: UTF8.self)) }
    }

    deinit {
        curl_slist_free_all(list)
    }
}
