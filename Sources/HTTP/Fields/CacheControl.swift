/// What `Cache-Control` says, as far as a shared cache of answers obeys it (RFC 9111 section 5.2, RFC 5861).
///
/// `private` and `no-cache` count as a whole also where they name fields, as RFC 9111 says that many caches do. Of a
/// directive that is there twice the first one counts; a number that is none is 0, which is never fresh.
package struct CacheControl: Sendable, Equatable {
    package var isPublic = false
    package var isPrivate = false
    package var forbidsStoring = false
    /// `no-cache`: to be asked for each time.
    package var forbidsUse = false
    /// `must-revalidate` or `proxy-revalidate`.
    package var forbidsStaleUse = false
    /// `must-revalidate`, which also lets an answer to an authorized request be stored.
    package var mustRevalidate = false
    /// Seconds, all of these; nil where it does not say.
    package var maxAge: Int?
    /// `s-maxage`: goes before `max-age` in a shared cache.
    package var sharedMaxAge: Int?
    package var staleWhileRevalidate: Int?
    package var staleIfError: Int?

    /// The longest time that counts, about 68 years, as RFC 9111 section 1.2.2 has it.
    static let mostSeconds = 1 << 31

    /// Reads all fields of that name as one list.
    package init(_ values: [String]) {
        for value in values { read(Array(value.utf8)) }
    }

    private mutating func read(_ text: [UInt8]) {
        var index = 0
        while index < text.count {
            let name = Self.token(text, &index)
            var value: [UInt8]?
            if index < text.count, text[index] == UInt8(ascii: "=") {
                index += 1
                value = Self.value(text, &index)
                // What follows cannot be told from the value, and may have been no-store.
                if value == nil { return forbidsStoring = true }
            }
            note(name, value)
            while index < text.count, text[index] != UInt8(ascii: ",") { index += 1 }
            index += 1
        }
    }

    /// The next name in lower case, without the blanks before it.
    private static func token(_ text: [UInt8], _ index: inout Int) -> String {
        while index < text.count, FieldSyntax.isBlank(text[index]) { index += 1 }
        let start = index
        while index < text.count, FieldSyntax.isToken(text[index]) { index += 1 }
        return String(decoding: text[start..<index], as: UTF8.self).lowercased()
    }

    /// A token or a quoted string (RFC 9110 section 5.6.4) without its quotes; nil when that does not end.
    private static func value(_ text: [UInt8], _ index: inout Int) -> [UInt8]? {
        guard index < text.count, text[index] == UInt8(ascii: "\"") else {
            let start = index
            while index < text.count, FieldSyntax.isToken(text[index]) { index += 1 }
            return Array(text[start..<index])
        }
        index += 1
        var value: [UInt8] = []
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return value }
            if byte == UInt8(ascii: "\\"), index < text.count {
                value.append(text[index])
                index += 1
            } else {
                value.append(byte)
            }
        }
        return nil
    }

    private mutating func note(_ name: String, _ value: [UInt8]?) {
        switch name {
        case "public": isPublic = true
        case "private": isPrivate = true
        case "no-store": forbidsStoring = true
        case "no-cache": forbidsUse = true
        case "must-revalidate":
            mustRevalidate = true
            forbidsStaleUse = true
        case "proxy-revalidate": forbidsStaleUse = true
        case "max-age": maxAge = maxAge ?? Self.seconds(value)
        case "s-maxage": sharedMaxAge = sharedMaxAge ?? Self.seconds(value)
        case "stale-while-revalidate": staleWhileRevalidate = staleWhileRevalidate ?? Self.seconds(value)
        case "stale-if-error": staleIfError = staleIfError ?? Self.seconds(value)
        default: break
        }
    }

    private static func seconds(_ value: [UInt8]?) -> Int {
        guard let value else { return 0 }
        return min(value.withUnsafeBufferPointer(FieldSyntax.length) ?? 0, mostSeconds)
    }
}
