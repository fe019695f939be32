import Access
import Base
import FanOut
import JSON
import Policy
import Tokens

/// Reading of `auth.jwt`: which tokens a route takes.
extension ConfigurationReader {
    mutating func tokenRule(_ value: YAMLValue) -> TokenRule? {
        guard let section = section(value, "'jwt'", keys: TokenRule.rows.map(\.name)) else { return nil }
        guard let jwks = section["jwks"] else {
            problems.error(
                "'jwks' is missing in 'jwt'; it wants { file: /PATH }, { url: https://… } or { upstream, path }",
                at: section.place)
            return nil
        }
        let keys = self.section(jwks, "'jwks'", keys: TokenRule.sourceRows.map(\.name))
        let source = keys.flatMap { self.source($0) }
        let refresh = keys.flatMap { scalar(.duration, "refresh", in: $0) } ?? Defaults.keyRefresh
        let algorithms = algorithms(in: section, of: source)
        let header = section["header"] == nil ? Defaults.tokenHeader : scalar(.name, "header", in: section)
        if let header, let place = section["header"]?.place, header.lowercased() != "authorization" {
            check(field: header, at: place)
        }
        let claims = claims(in: section)
        let issuer = scalar(.text("the issuer that 'iss' names"), "issuer", in: section)
        let leeway = scalar(.leeway, "leeway", in: section) ?? Defaults.tokenLeeway
        guard let source, let header, let algorithms else { return nil }
        let demands = TokenRule.Demands(
            algorithms: algorithms, issuer: issuer,
            audiences: words("audience", of: "audiences that 'aud' names", in: section), leeway: leeway)
        return TokenRule(
            source, refresh: refresh, header: header, demands: demands, claims: claims,
            forwards: scalar(.boolean, "forward", in: section) ?? false)
    }

    // MARK: Keys

    private mutating func source(_ section: Section) -> TokenRule.Source? {
        guard let file = section["file"] else {
            let scope = CallScope(path: try? PathTemplate("/"), timeout: nil, calls: [])
            return destination(of: section, scope, subject: "'jwks' without a 'file'").map {
                .upstream($0.upstream, target: $0.target.text)
            }
        }
        for key in ["url", "upstream", "path", "refresh"] {
            guard let place = section.place(of: key) else { continue }
            problems.error("'\(key)' has no meaning beside 'file', which is read again at a reload", at: place)
        }
        guard let path = scalar(.filePath, "file", in: section) else { return nil }
        do throws(SecretFiles.Failure) {
            let bytes = try files.bytes(of: path)
            do throws(KeySetError) {
                let flaw = try KeySet(bytes).flaw
                guard let flaw else { return .text(bytes) }
                problems.error("\(path): \(flaw.message)", at: file.place)
            } catch {
                problems.error("\(path): \(error.message)", at: file.place)
            }
        } catch {
            problems.error(error.message, at: file.place)
        }
        return nil
    }

    /// Those that the file names, or all that the keys of a file are for; with keys from afar all but those by a secret.
    private mutating func algorithms(in section: Section, of source: TokenRule.Source?) -> [TokenRule.Algorithm]? {
        var known: Set<TokenRule.Algorithm>?
        if case .text(let text) = source { known = try? KeySet(text).algorithms }
        guard section["algorithms"] != nil else {
            return TokenRule.Algorithm.allCases.filter { known?.contains($0) ?? ($0 != .hs256) }
        }
        guard let values = oneOrMore("algorithms", of: "algorithms", in: section) else { return nil }
        let named = values.compactMap { read(ScalarKind<TokenRule.Algorithm>.word, $0, subject: "'algorithms'") }
        if let known, let place = section["algorithms"]?.place, !named.isEmpty, known.isDisjoint(with: named) {
            problems.error("no key of the file is for one of these 'algorithms'", at: place)
        }
        return named.count == values.count ? named : nil
    }

    // MARK: Claims

    private mutating func claims(in section: Section) -> [TokenRule.Claim] {
        (section["claims"].flatMap { entries($0, "'claims'") } ?? []).compactMap { entry in
            let path: JSONPath
            do throws(TextError) {
                path = try JSONPath(entry.key)
            } catch {
                problems.error("a claim: \(error.message)", at: entry.keyPlace)
                return nil
            }
            guard let field = read(.name, entry.value, subject: "'\(entry.key)'") else { return nil }
            check(field: field, at: entry.value.place, refusing: ["authorization", "cookie", "content-type"])
            return TokenRule.Claim(path: path, field: field)
        }
    }
}

extension ScalarKind where Value == Duration {
    /// Whole seconds, as clocks of different machines are apart.
    static var leeway: Self {
        let wanted = "a duration of whole seconds from 0s to 10m"
        return ScalarKind(
            wanted: wanted, type: "seconds", schema: .pattern(#"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$"#),
            text: { $0.configurationText }
        ) { text throws(Refusal) in
            guard let nanoseconds = Quantity.duration.parse(text), nanoseconds % 1_000_000_000 == 0,
                nanoseconds <= 600_000_000_000
            else { throw Refusal(wanted: wanted) }
            return .seconds(Int64(nanoseconds / 1_000_000_000))
        }
    }
}
