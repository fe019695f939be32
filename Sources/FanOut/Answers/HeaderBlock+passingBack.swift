package import HTTP

extension HeaderBlock {
    /// The fields of calls' answers that a route passes back, by call; nil when there are none.
    ///
    /// Of a field that several calls bring, the first call's counts; cookies are all set.
    package init?(passingBack answers: [HeaderFields?], of route: FanOutRoute) {
        self.init()
        var seen: Set<String> = []
        for (call, fields) in zip(route.calls, answers) {
            guard let fields else { continue }
            for name in call.accepted.passedBack {
                let values = fields.all(name)
                guard !values.isEmpty, name == "set-cookie" || seen.insert(name).inserted else { continue }
                for value in values { append(field: name, value) }
            }
        }
        if bytes.isEmpty { return nil }
    }
}
