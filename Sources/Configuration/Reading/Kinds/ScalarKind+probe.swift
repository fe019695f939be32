import HTTP

extension ScalarKind where Value == String {
    /// A path of the gateway's own that GET can be asked for.
    static var probePath: Self {
        let wanted = "a path such as /page/1"
        return ScalarKind(wanted: wanted, type: "path", schema: .pattern("^/")) { text throws(Refusal) in
            guard text.hasPrefix("/"), RequestTarget(text) != nil else { throw Refusal(wanted: wanted) }
            return text
        }
    }
}
