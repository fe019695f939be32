package import HTTP

extension Response {
    /// The header fields in order, the value of each as it goes out.
    package var lines: [String] {
        text(fields.bytes).split(separator: "\r\n").map(String.init)
    }

    /// The value of a field, nil without it.
    package subscript(name: String) -> String? {
        lines.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
