import CCurl

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
