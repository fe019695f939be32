import Base
import CCurl
import HTTP

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
    func list(for endpoint: Endpoint, _ message: OutgoingMessage?, host: String? = nil) -> StringList {
        // Looked at in its place, as a copy of the settings would be one for each call.
        let isUsual =
            endpoint.settings.sendsAccept && !endpoint.settings.userAgent.isEmpty && message == nil && host == nil
        if isUsual, let lines { return lines }
        let settings = endpoint.settings
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
///
/// curl_slist_append(3) would allocate twice for each string; here all of them lie in one piece behind their nodes.
final class StringList {
    /// Each with a NUL at its end.
    private var text: [UInt8] = []
    /// Where in it each begins.
    private var starts: [Int] = []
    private var nodes: UnsafeMutablePointer<curl_slist>?

    init() {}

    /// As libcurl takes it; nothing is added once it was asked for.
    var list: UnsafeMutablePointer<curl_slist>? {
        if nodes == nil, !starts.isEmpty { nodes = laidOut() }
        return nodes
    }

    /// The same with another list behind it, which has to live as long as this is used.
    func list(before other: StringList) -> UnsafeMutablePointer<curl_slist>? {
        guard let list else { return other.list }
        list[starts.count - 1].next = other.list
        return list
    }

    func append(_ string: String) {
        starts.append(text.count)
        text.append(contentsOf: string.utf8)
        text.append(0)
    }

    func append(lines: [UInt8]) {
        lines.withUnsafeBufferPointer { bytes in
            var start = 0
            for index in bytes.indices where bytes[index] == 0x0A {
                starts.append(text.count)
                text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<max(start, index - 1)]))
                text.append(0)
                start = index + 1
            }
        }
    }

    private func laidOut() -> UnsafeMutablePointer<curl_slist> {
        let head = starts.count * MemoryLayout<curl_slist>.stride
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: head + text.count, alignment: MemoryLayout<curl_slist>.alignment)
        let nodes = memory.bindMemory(to: curl_slist.self, capacity: starts.count)
        UnsafeMutableRawBufferPointer(start: memory + head, count: text.count).copyBytes(from: text)
        let strings = (memory + head).bindMemory(to: CChar.self, capacity: text.count)
        for (index, start) in starts.enumerated() {
            (nodes + index).initialize(
                to: curl_slist(data: strings + start, next: index + 1 < starts.count ? nodes + index + 1 : nil))
        }
        return nodes
    }

    deinit {
        nodes?.deallocate()
    }
}
