import Access
import FanOut

extension RouteAccess {
    /// The keys of the file, for every route.
    static let fileRows = rows(
        addresses: ("`all`", "none"), others: "`none`",
        [
            "allow": "the clients that every route answers, unless it has its own: [who may](#who-may)",
            "deny": "those that it refuses in any case",
            "auth": "the keys that every route wants, unless it has its own: [who may](#who-may)",
            "cors": "what pages of other origins may do with every route, unless it has its own: [who may](#who-may)",
        ])
    /// The keys of a route.
    static let routeRows = rows(
        addresses: ("that of the file", "that of the file"), others: "that of the file",
        [
            "allow": "the clients that are answered: [who may](#who-may)",
            "deny": "those that are refused in any case",
            "auth": "the keys that the route wants: [who may](#who-may)",
            "cors": "what pages of other origins may do: [who may](#who-may)",
        ])

    private static func rows(
        addresses: (allow: String, deny: String), others: String, _ help: [String: String]
    ) -> [KeyRow] {
        let list = Form.list(of: .address, "list of the same")
        let allowed = Form(
            "list of addresses, blocks and `unix`, or `all`", .either([.words(["all"]), list.schema ?? .anything]))
        return [
            KeyRow("allow", allowed, .said(addresses.allow), help["allow"] ?? ""),
            KeyRow("deny", list, .said(addresses.deny), help["deny"] ?? ""),
            KeyRow(
                "auth", .section(authRows, "mapping, or `none`", or: .words(["none"])), .said(others),
                help["auth"] ?? ""),
            KeyRow(
                "cors", .section(CORSPolicy.rows, "mapping, or `none`", or: .words(["none"])), .said(others),
                help["cors"] ?? ""),
        ]
    }

    /// The keys of `auth`.
    static let authRows: [KeyRow] = [
        KeyRow(
            "api_keys", .section(APIKeys.rows), .said(""),
            "`{ file, header }`, the file of keys and the field that carries one; `auth` has this or `jwt`"),
        KeyRow(
            "jwt", .section(TokenRule.rows), .said(""),
            """
            which tokens are taken: `{ jwks, issuer, audience, algorithms, header, leeway, claims, forward }`, \
            below
            """),
    ]
}

extension APIKeys {
    static let rows: [KeyRow] = [
        .required("file", .scalar(.filePath), "the file of keys"),
        KeyRow("header", .scalar(.name), .text(Defaults.keyHeader), "the field that carries one"),
    ]
}

extension CORSPolicy {
    static let rows: [KeyRow] = [
        .required(
            "origins", .oneOrMore(.originOrAll, "list, or one, or `\"*\"`"),
            """
            has to be there: origins as browsers write them, such as `https://shop.example`; `"*"`: all
            """),
        KeyRow(
            "methods", .oneOrMore(.text("a method"), "list, or one"), .said("the route's"), "what pages may send"),
        KeyRow(
            "headers", .oneOrMore(.name, "list, or one, or `\"*\"`"), .said("none"),
            "fields that pages may send beyond those that are always allowed"),
        KeyRow(
            "expose", .oneOrMore(.name, "list, or one, or `\"*\"`"), .said("none"),
            "fields of answers that pages may read"),
        KeyRow(
            "credentials", .scalar(.boolean), .text("false"),
            "whether cookies and the like go along; not beside a `\"*\"`"),
        KeyRow("max_age", .scalar(.duration), .said("the browser's"), "how long an answer to a preflight may be kept"),
    ]
}

extension TokenRule {
    static let rows: [KeyRow] = [
        .required("jwks", .section(sourceRows), "has to be there: where the keys are, a JWK set (RFC 7517)"),
        KeyRow("issuer", .scalar(.text("an issuer")), .said("any"), "what `iss` has to be"),
        KeyRow(
            "audience", .oneOrMore(.text("an audience"), "text or list"), .said("any"), "what `aud` has to name one of"),
        KeyRow(
            "algorithms", .oneOrMore(ScalarKind<TokenRule.Algorithm>.word, "list"),
            .said("those of the file's keys; from afar all but HS256"),
            "of `RS256`, `ES256`, `EdDSA` (Ed25519), `HS256`: which of the keys count"),
        KeyRow(
            "header", .scalar(.name), .text(Defaults.tokenHeader),
            "the field that carries the token: as a bearer token in `Authorization`, alone in any other"),
        KeyRow(
            "leeway", .scalar(.leeway), .text(Defaults.tokenLeeway.configurationText),
            "how far clocks may be apart, for `exp`, `nbf` and `iat`; up to `10m`"),
        KeyRow(
            "claims", .texts("mapping"), .said(""),
            "claims that upstreams get as fields: `{ claim: Field }`, nested ones with dots or as a JSON Pointer"),
        KeyRow("forward", .scalar(.boolean), .text("false"), "whether upstreams get the token too"),
    ]

    /// Where the keys are.
    static let sourceRows: [KeyRow] = [
        KeyRow("file", .scalar(.filePath), .said(""), "in a file, which is read again at a reload"),
        KeyRow(
            "url", .scalar(.text("a URL"), "URL"), .said(""),
            "or behind a URL, which is fetched like a call's; its server is an upstream of its own"),
        KeyRow("upstream", .scalar(.name), .said(""), "or with an upstream, with its `tls` and its policies"),
        KeyRow("path", .scalar(.target(.init(parameters: [])), "text"), .said(""), "where they are there"),
        KeyRow(
            "refresh", .scalar(.duration), .text(Defaults.keyRefresh.configurationText),
            """
            how often keys from afar are asked for; also at once, but not within 5 s, when a token names a key \
            that is not known
            """
        )
        .filled { $0.beside["file"] == nil },
    ]
}

extension RateLimit {
    static let rows: [KeyRow] = [
        .required("rate", .scalar(.rate), "has to be there: from 1/h to 1000000/s"),
        KeyRow(
            "burst", .scalar(.count(1...Bounds.rateBurst), "1 to what comes in a day, to 1000000"),
            .said("one second's, at least 1"), "so many may come at once after a pause"),
        KeyRow(
            "key", .scalar(.rateKey), .text("route"),
            """
            who shares a limit: `route` (all), `client` (those of one address), `api_key` (those with keys of \
            one name) or `header.NAME` (those with the same value there; those without it are one)
            """),
    ]
}

extension ScalarKind where Value == String {
    fileprivate static var originOrAll: Self {
        ScalarKind(wanted: origin.wanted, schema: .either([.words(["*"]), origin.schema])) { $0 }
    }
}
