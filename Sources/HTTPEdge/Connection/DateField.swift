import HTTP

/// The value of the `Date` field (RFC 9110 section 6.6.1), made once a second.
struct DateField {
    private var second: Int64 = .min
    private var text: [UInt8] = []

    /// The field's value for a time in seconds since 1970.
    mutating func bytes(at seconds: Int64) -> [UInt8] {
        if seconds != second {
            second = seconds
            text = Array(HTTPDate.text(seconds).utf8)
        }
        return text
    }
}
