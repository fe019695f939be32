/// Why a text cannot be read: what is wanted instead, and a hint where there is one.
struct Refusal: Error {
    /// Goes on after "wants"; a noun phrase without a full stop.
    var wanted: String
    /// Follows what was found; empty or starts with a semicolon.
    var hint: String = ""
    /// The place in the text, in UTF-8 bytes.
    var offset: Int = 0
}
