import Base
import HTTP

/// The dashboard: one page without anything from elsewhere, and without a script or style but its own.
struct DashboardPage {
    private let page: String

    init() {
        page = Self.text(PackageResources.dashboard_html)
            .replacing("{style}", with: Self.text(PackageResources.dashboard_css))
            .replacing("{script}", with: Self.text(PackageResources.dashboard_js))
    }

    /// The page, whose script and style a browser takes by a number that no other page can know
    /// (https://www.w3.org/TR/CSP3/#framework-directive-source-list).
    func response(nonce: UInt64 = .random(in: .min ... .max)) -> Response {
        let nonce = String(nonce, radix: 36)
        var response = Response(status: 200, body: Array(page.replacing("{nonce}", with: nonce).utf8))
        response.fields.append("Content-Type", "text/html; charset=utf-8")
        response.fields.append(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; connect-src 'self'; "
                + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        response.fields.append("X-Content-Type-Options", "nosniff")
        response.fields.append("Referrer-Policy", "no-referrer")
        return response
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
    /// With each of the words replaced; Foundation has this, which nothing else here needs.
    fileprivate func replacing(_ words: String, with text: String) -> String {
        split(separator: words, omittingEmptySubsequences: false).joined(separator: text)
    }
}
