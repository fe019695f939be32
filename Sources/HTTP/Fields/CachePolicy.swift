/// How answers of an upstream are kept (`cache:`).
package struct CacheSettings: Sendable, Hashable {
    /// For how long an answer is fresh that does not say it itself; nil: it is not kept.
    package var ttl: Duration?
    /// For how long an answer that is fresh no more is used in place of a failure, where it does not say it itself.
    package var staleIfError = Duration.zero
    /// For how long it is used while another one is fetched, where it does not say it itself.
    package var staleWhileRevalidate = Duration.zero
    /// Bytes of all that is kept, in each worker.
    ///
    /// 32 MiB: thousands of answers of a few KiB, and with 64 workers no more than 2 GiB.
    package var maxBytes = 32 << 20

    package init() {}

    /// Bytes of the largest answer that is kept: one must not drive out all others.
    package var largestAnswer: Int { maxBytes / 8 }
}

/// For how long an answer is used, counted from the beginning of its call: what it was on its way for is part of its age.
package struct AnswerLifetime: Sendable, Equatable {
    /// How old it was when its call began, as far as it says so.
    package var age: Duration
    /// It is used as it is.
    package var fresh: Duration
    /// It is used, and another one is fetched at once (RFC 5861 section 3).
    package var refreshable: Duration
    /// It is used where a call fails (RFC 5861 section 4).
    package var fallback: Duration

    package init(age: Duration = .zero, fresh: Duration, refreshable: Duration, fallback: Duration) {
        self.age = age
        self.fresh = fresh
        self.refreshable = refreshable
        self.fallback = fallback
    }

    /// Until there is no use for it.
    package var whole: Duration { max(fresh, refreshable, fallback) }
}

/// What a shared cache may do with answers to GET (RFC 9111), which are never validated: those that must be before each use
/// are not kept.
package enum CachePolicy {
    /// Final statuses that are cacheable by default (RFC 9110 section 15.1), without 206 and what it needs.
    private static let statuses: Set<Int> = [200, 203, 204, 300, 301, 404, 405, 410, 414, 501]
    /// A part of an answer and an answer without its body: whoever asked for that has the rest.
    private static let partial: Set<Int> = [206, 304]

    /// For how long an answer may be used; nil: it is not to be kept.
    ///
    /// - Parameters:
    ///   - isAuthorized: Whether the call carried `Authorization` (RFC 9111 section 3.5).
    ///   - unkeyed: Names in lower case of fields that calls differ in although they count as the same; an answer that
    ///     varies with one of them is not kept.
    package static func lifetime(
        status: Int, _ fields: HeaderFields, isAuthorized: Bool, unkeyed: Set<String>, _ settings: CacheSettings
    ) -> AnswerLifetime? {
        let control = CacheControl(fields.all("cache-control"))
        guard !control.forbidsStoring, !control.isPrivate, !control.forbidsUse, !partial.contains(status) else {
            return nil
        }
        if isAuthorized, !control.isPublic, !control.mustRevalidate, control.sharedMaxAge == nil { return nil }
        // It is meant for one client.
        guard fields.first("set-cookie") == nil, !varies(fields, unkeyed) else { return nil }
        let explicit = explicitFreshness(control, fields)
        guard explicit != nil || statuses.contains(status), let fresh = explicit ?? settings.ttl else { return nil }
        let age = Duration.seconds(age(fields))
        let end = fresh - age
        let lifetime = AnswerLifetime(
            age: age, fresh: end,
            refreshable: end + staleUse(control.staleWhileRevalidate, control, settings.staleWhileRevalidate),
            fallback: end + staleUse(control.staleIfError, control, settings.staleIfError))
        return lifetime.whole > .zero ? lifetime : nil
    }

    /// Whether the answer has something for one client that is not to be shared even among equal calls at once.
    package static func isPersonal(_ fields: HeaderFields) -> Bool { fields.first("set-cookie") != nil }

    /// `s-maxage`, then `max-age`, then `Expires` (RFC 9111 section 4.2.1); nil when it says nothing.
    private static func explicitFreshness(_ control: CacheControl, _ fields: HeaderFields) -> Duration? {
        if let seconds = control.sharedMaxAge ?? control.maxAge { return .seconds(seconds) }
        guard let expires = fields.first("expires") else { return nil }
        // What is no date, above all "0", is over (RFC 9111 section 5.3). A server without a clock, whose answers have no
        // Date, cannot know when they expire either.
        guard let end = HTTPDate.seconds(expires), let date = fields.first("date").flatMap(HTTPDate.seconds)
        else { return .zero }
        return .seconds(min(max(0, end - date), Int64(CacheControl.mostSeconds)))
    }

    /// Seconds that it was kept on its way to us (RFC 9111 section 5.1); of a list the first counts.
    private static func age(_ fields: HeaderFields) -> Int {
        guard let text = fields.first("age") else { return 0 }
        let first = Array(text.utf8.prefix { $0 != UInt8(ascii: ",") && !FieldSyntax.isBlank($0) })
        return min(first.withUnsafeBufferPointer(FieldSyntax.length) ?? 0, CacheControl.mostSeconds)
    }

    /// How long after it was fresh it may be used; the answer's word goes before ours.
    private static func staleUse(_ seconds: Int?, _ control: CacheControl, _ configured: Duration) -> Duration {
        if control.forbidsStaleUse { return .zero }
        if let seconds { return .seconds(seconds) }
        // s-maxage has the meaning of proxy-revalidate in it (RFC 9111 section 5.2.2.10), unless it says otherwise beside it.
        return control.sharedMaxAge == nil ? configured : .zero
    }

    private static func varies(_ fields: HeaderFields, _ unkeyed: Set<String>) -> Bool {
        fields.all("vary").contains { list in
            list.utf8.split(separator: UInt8(ascii: ",")).contains { name in
                let name = String(decoding: name.filter { !FieldSyntax.isBlank($0) }, as: UTF8.self).lowercased()
                return name == "*" || unkeyed.contains(name)
            }
        }
    }
}
