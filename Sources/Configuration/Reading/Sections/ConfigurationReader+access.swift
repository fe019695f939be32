import Access
import Base
import Policy

/// Reading of who may use routes: `allow`, `deny`, `auth` and `cors`, of a route or for all of them.
extension ConfigurationReader {
    /// What a route says itself; what it does not speak of is as in `defaults`.
    mutating func access(in section: Section, defaults: RouteAccess = RouteAccess()) -> RouteAccess {
        var access = defaults
        // As in nginx, a list of its own takes the place of both.
        if section["allow"] != nil || section["deny"] != nil {
            let (allow, deny) = (addresses("allow", in: section), addresses("deny", in: section))
            access.addresses = allow == nil && deny == nil ? nil : AddressRules(allow: allow, deny: deny)
        }
        if let value = section["auth"] {
            access.keys = nil
            access.tokens = nil
            if !value.isNone { readCredentials(value, into: &access) }
        }
        if let value = section["cors"] { access.cors = value.isNone ? nil : cors(value) }
        return access
    }

    /// The addresses of a list; nil where there is none and where it allows everybody.
    private mutating func addresses(_ key: String, in section: Section) -> AddressGroup? {
        guard let value = section[key] else { return nil }
        if key == "allow", value.isWord("all") { return nil }
        return addressGroup(key, in: section)
    }

    // MARK: Keys

    private mutating func readCredentials(_ value: YAMLValue, into access: inout RouteAccess) {
        guard let section = section(value, "'auth'", keys: RouteAccess.authRows.map(\.name)) else { return }
        switch (section["api_keys"], section["jwt"]) {
        case (let keys?, nil): access.keys = self.keys(keys)
        case (nil, let tokens?): access.tokens = tokenRule(tokens)
        case (_?, let tokens?):
            problems.error("'auth' wants either 'api_keys' or 'jwt', and not both", at: tokens.place)
        case (nil, nil):
            problems.error("'auth' wants 'api_keys' or 'jwt', or none in place of the mapping", at: section.place)
        }
    }

    private mutating func keys(_ keys: YAMLValue) -> APIKeys? {
        guard let section = self.section(keys, "'api_keys'", keys: APIKeys.rows.map(\.name)) else { return nil }
        let header = section["header"] == nil ? Defaults.keyHeader : scalar(.name, "header", in: section)
        if let header, let place = section["header"]?.place, header.lowercased() != "authorization" {
            check(field: header, at: place)
        }
        guard let path = required(.filePath, "file", in: section), let place = section["file"]?.place else {
            return nil
        }
        guard let keys = self.keys(inFile: path, at: place), let header else { return nil }
        return APIKeys(keys, header: header)
    }

    private mutating func keys(inFile path: String, at place: Place) -> [APIKeys.Key]? {
        let bytes: [UInt8]
        do throws(SecretFiles.Failure) {
            bytes = try files.bytes(of: path)
        } catch {
            problems.error(error.message, at: place)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.error("the file \(path) has no text in UTF-8", at: place)
            return nil
        }
        do throws(APIKeys.FileError) {
            return try APIKeys.read(text)
        } catch {
            problems.error("\(path), line \(error.line): \(error.message)", at: place)
            return nil
        }
    }

    // MARK: Browsers

    private mutating func cors(_ value: YAMLValue) -> CORSPolicy? {
        guard let section = section(value, "'cors'", keys: CORSPolicy.rows.map(\.name)) else { return nil }
        guard let value = section["origins"] else {
            problems.error(
                "'origins' is missing in 'cors'; it wants origins such as https://shop.example, or \"*\"",
                at: section.place)
            return nil
        }
        var policy = CORSPolicy(origins: value.isWord("*") ? nil : Set(origins(in: section)))
        if section["methods"] != nil { policy.methods = methods(in: section, action: nil) ?? [] }
        policy.headers = section["headers"]?.isWord("*") == true ? nil : names("headers", in: section)
        policy.exposed = names("expose", in: section)
        policy.allowsCredentials = scalar(.boolean, "credentials", in: section) ?? false
        policy.maxAge = scalar(.duration, "max_age", in: section)
        if policy.allowsCredentials {
            // A browser would refuse such an answer (Fetch, section 3.2.5), or every site could act for its visitors.
            for key in ["origins", "headers", "expose"] {
                guard let value = section[key], value.isWord("*") else { continue }
                problems.error("'\(key)' cannot be \"*\" beside 'credentials'; list them", at: value.place)
            }
        }
        return policy
    }

    private mutating func origins(in section: Section) -> [String] {
        (oneOrMore("origins", of: "origins", in: section) ?? []).compactMap { read(.origin, $0, subject: "'origins'") }
    }

    /// A list of names of fields as they are written; one may stand alone, and `*` as well.
    private mutating func names(_ key: String, in section: Section) -> [String] {
        guard let value = section[key] else { return [] }
        if value.isWord("*") { return ["*"] }
        return (oneOrMore(key, of: "fields", in: section) ?? []).compactMap { read(.name, $0, subject: "'\(key)'") }
    }
}

extension YAMLValue {
    /// Whether it turns off what is on for all routes.
    fileprivate var isNone: Bool { isWord("none") }
}

extension ScalarKind where Value == String {
    /// An origin as browsers write it.
    static var origin: Self {
        let wanted = "an origin such as https://shop.example or http://localhost:3000, in lower case and without a path"
        return ScalarKind(wanted: wanted, schema: .pattern("^[a-z][a-z0-9+.-]*://[^/]+$")) { text throws(Refusal) in
            guard CORSPolicy.isOrigin(text) else { throw Refusal(wanted: wanted) }
            return text
        }
    }
}
