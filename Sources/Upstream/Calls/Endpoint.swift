package import Base
package import HTTP
package import Loop
import Policy

/// What is the same for all transfers to an endpoint.
package struct TransferSettings: Sendable {
    /// Bytes of one answer's body, decoded.
    package var bodyLimit: Int
    package var followsRedirects = false
    /// Empty: none is sent, or the call brings its own.
    package var userAgent: String
    /// `Accept: */*` is sent; not where the call brings its own.
    package var sendsAccept = true
    /// When each step of a transfer was done is kept.
    package var traces = false
    /// The fields of answers are kept.
    package var collectsFields = false

    package init(bodyLimit: Int, userAgent: String) {
        self.bodyLimit = bodyLimit
        self.userAgent = userAgent
    }
}

/// One configured call: where it goes, what of it never changes, and what its calls learned for the next.
@LoopActor
package final class Endpoint {
    package let upstream: UpstreamServers
    let settings: TransferSettings
    /// The lines of its own that the plain lane sends with each request.
    let fields: [UInt8]
    /// Its answers are encoded, asked for or not, so libcurl makes its calls and decodes them.
    var isEncoded: Bool
    /// The line in which its last call's deadline stands.
    var line = 0
    /// Of calls that carry nothing of a request.
    let noHeaders = HeaderList()
    /// Where libcurl's lane keeps its handles; nil before its first call there.
    var shelf: Int?
    /// Bytes that libcurl reads at once, for bodies like the last one.
    ///
    /// libcurl allocates them for each transfer. The smallest is what most answers of services need.
    private(set) var bufferSize = smallestBuffer
    private static let smallestBuffer = 1 << 10
    private static let largestBuffer = 64 << 10

    /// Whether a URL from outside may be fetched from an address; one that may not fails as `forbidden`.
    let permits: ((IPAddress, HTTPURL) -> Bool)?

    package init(
        _ upstream: UpstreamServers, _ settings: TransferSettings, permits: ((IPAddress, HTTPURL) -> Bool)? = nil
    ) {
        self.upstream = upstream
        self.permits = permits
        isEncoded = upstream.settings.asksForCompression
        self.settings = settings
        let agent = settings.userAgent.isEmpty ? "" : "User-Agent: \(settings.userAgent)\r\n"
        fields = Array((agent + (settings.sendsAccept ? "Accept: */*\r\n" : "")).utf8)
    }

    /// Fits the buffer of the next transfers to a body, and to a header before it.
    func learn(bodyBytes: Int) {
        let wanted = bodyBytes + Self.smallestBuffer / 4
        bufferSize = Self.smallestBuffer
        while bufferSize < min(wanted, Self.largestBuffer) { bufferSize *= 2 }
    }
}
