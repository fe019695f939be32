import Base

/// How far a proxied request is: what is to be done with its body, and when it has been still for too long.
struct ProxyProgress {
    /// How long each part may take.
    struct Limits {
        /// From the request's last byte to the answer's head.
        var response: Duration
        /// Between two pieces of a body, either way.
        var idle: Duration
        /// The same for a WebSocket; nil: as for others.
        var webSocketIdle: Duration?
    }

    /// What is to be done with the request's body.
    enum BodyStep: Equatable {
        case none
        /// Hand it out for the first time.
        case begin
        /// Hand out more of it.
        case resume
    }

    private let limits: Limits
    /// When the last piece came, either way, or what came before that.
    private var lastMoved: MonotonicTime
    private var hasCall = false
    /// The call wants the body, and gets it once it is there itself.
    private var isBodyWanted = false
    private var isBodyBegun = false
    /// The call takes no more of it for now.
    private var isBodyHeld = false
    /// Of the answer; nil before its head is there.
    private(set) var status: Int?
    /// Of the answer's body.
    private(set) var bytes = 0

    init(_ limits: Limits, at now: MonotonicTime) {
        self.limits = limits
        lastMoved = now
    }

    var isWebSocket: Bool { status == 101 }

    // MARK: The body

    /// The call is there, to which pieces of the body can be given.
    mutating func callIsThere() -> BodyStep {
        hasCall = true
        return isBodyWanted ? handOut() : .none
    }

    /// The call wants the body, which may be before it is there itself.
    mutating func wantsBody() -> BodyStep {
        isBodyWanted = true
        return hasCall ? handOut() : .none
    }

    /// None of the body is to go out until it is wanted again.
    mutating func bodyHasToWait() { isBodyWanted = false }

    /// A piece of the body went to the call, which has room for more, or none until `hasRoomForBody`.
    mutating func bodyMoved(hasRoom: Bool, at now: MonotonicTime) {
        isBodyHeld = !hasRoom
        lastMoved = now
    }

    mutating func hasRoomForBody(at now: MonotonicTime) { bodyMoved(hasRoom: true, at: now) }

    private mutating func handOut() -> BodyStep {
        if isBodyBegun { return .resume }
        isBodyBegun = true
        return .begin
    }

    // MARK: The answer

    /// The answer's head is there.
    mutating func began(status: Int) { self.status = status }

    /// A piece of the answer's body.
    mutating func received(_ count: Int, at now: MonotonicTime) {
        bytes += count
        lastMoved = now
    }

    /// Something moved, either way.
    mutating func moved(at now: MonotonicTime) { lastMoved = now }

    // MARK: Time

    /// When it is given up, unless something moves before.
    ///
    /// - Parameter clientIsSlow: The answer waits for its client, whose connection watches the time meanwhile.
    func due(at now: MonotonicTime, clientIsSlow: Bool, bodyIsWhole: Bool) -> MonotonicTime {
        guard status != nil else { return lastMoved + (isBodyBegun && !bodyIsWhole ? limits.idle : limits.response) }
        let idle = isWebSocket ? limits.webSocketIdle ?? limits.idle : limits.idle
        return (clientIsSlow ? now : lastMoved) + idle
    }

    /// Whether it is the client's body that does not come, and not the server that does not take it or does not answer.
    func waitsForBody(bodyIsWhole: Bool) -> Bool { status == nil && isBodyBegun && !bodyIsWhole && !isBodyHeld }
}
