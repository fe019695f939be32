import FanOut
package import Loop

/// What is the same for all transfers to an endpoint.
package struct TransferSettings: Sendable {
    /// Bytes of one answer's body.
    package var bodyLimit: Int
    /// Nil: no limit of its own beside the call's.
    package var connectTimeout: Duration?
    package var followsRedirects = false
    package var userAgent: String

    package init(bodyLimit: Int, connectTimeout: Duration?, userAgent: String) {
        self.bodyLimit = bodyLimit
        self.connectTimeout = connectTimeout
        self.userAgent = userAgent
    }
}

/// The servers of an upstream, taken in turn.
@LoopActor
package final class ServerRotation {
    private let servers: [[UInt8]]
    private var next = 0

    /// Servers as `scheme://host:port/base` without a slash at the end; at least one.
    package init(_ servers: [String]) {
        self.servers = servers.map { Array($0.utf8) }
    }

    func take() -> [UInt8] {
        let server = servers[next]
        next = next + 1 == servers.count ? 0 : next + 1
        return server
    }
}

/// One configured call: where it goes, and the prepared handles that wait for its next use.
@LoopActor
package final class Endpoint {
    /// Handles that wait; what a burst leaves over this is freed.
    private static let idleLimit = 1024

    let settings: TransferSettings
    private let rotation: ServerRotation
    private var idle: [Transfer] = []
    /// Bytes that libcurl reads at once, for bodies like the last one.
    ///
    /// libcurl allocates them for each transfer. The smallest, which is what most answers of services need, is one that
    /// malloc hands out again without looking for it.
    private(set) var bufferSize = smallestBuffer
    private static let smallestBuffer = 1 << 10
    private static let largestBuffer = 64 << 10

    package init(_ rotation: ServerRotation, _ settings: TransferSettings) {
        self.rotation = rotation
        self.settings = settings
    }

    /// The URL of a call on the server whose turn it is, with a NUL at its end.
    func url(_ target: [UInt8]) -> [UInt8] {
        var url = rotation.take()
        url.reserveCapacity(url.count + target.count + 1)
        url.append(contentsOf: target)
        url.append(0)
        return url
    }

    /// Fits the buffer of the next transfers to a body, and to a header before it.
    func learn(bodyBytes: Int) {
        let wanted = bodyBytes + Self.smallestBuffer / 4
        bufferSize = Self.smallestBuffer
        while bufferSize < min(wanted, Self.largestBuffer) { bufferSize *= 2 }
    }

    func takeIdle() -> Transfer? {
        idle.popLast()
    }

    /// Keeps a handle for its next use; false when enough of them wait.
    func keep(_ transfer: Transfer) -> Bool {
        guard idle.count < Self.idleLimit else { return false }
        idle.append(transfer)
        return true
    }
}
