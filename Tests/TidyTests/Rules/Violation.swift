/// A broken rule of the house: where, what, and what to do instead.
struct Violation: Equatable, CustomStringConvertible {
    /// From the top of the repository.
    var path: String
    /// From 1, as editors count.
    var line: Int
    /// What was found, and what to do instead.
    var message: String

    /// `path:line: message`, which editors and terminals make a link of.
    var description: String { "\(path):\(line): \(message)" }
}
