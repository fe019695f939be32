package import HTTP
import Loop

/// A call as it is ordered: where it goes, what it says, how long it may take, and who is told how it ended.
///
/// One value on its whole way: attempts and shared calls order the same again with themselves as owners, and a transfer
/// keeps it. It cannot be copied, so no reference in it is counted twice: as a copyable value, handed on by `consuming`, it was
/// copied twice for each call all the same, which took 2,700 instructions a page of five.
package struct CallOrder: ~Copyable {
    package let endpoint: Endpoint
    /// Path and query, without the server's base.
    package let target: [UInt8]
    package let headers: HeaderList?
    package internal(set) var timeout: Duration
    /// Told how the call ended; nil once it was told, or when nobody wants to know.
    package internal(set) var owner: (any TransferOwner)?
    /// Which of its owner's calls it is.
    package internal(set) var index: Int
    private var rest: Rest?

    package init(
        _ endpoint: Endpoint, target: [UInt8], headers: HeaderList? = nil, timeout: Duration,
        owner: any TransferOwner, index: Int = 0
    ) {
        self.endpoint = endpoint
        self.target = target
        self.headers = headers
        self.timeout = timeout
        self.owner = owner
        self.index = index
    }

    /// What most calls do not have, apart from them: each reference of an order is counted down at its end.
    private final class Rest {
        var message: OutgoingMessage?
        var url: HTTPURL?
        var hasURL = false
        var sink: (any TransferSink)?
        var avoided: ServerState?

        init() {}

        func copy() -> Rest {
            let copy = Rest()
            copy.message = message
            copy.url = url
            copy.hasURL = hasURL
            copy.sink = sink
            copy.avoided = avoided
            return copy
        }
    }

    /// The rest, for a change: nobody else's.
    private mutating func ownRest() -> Rest {
        if isKnownUniquelyReferenced(&rest), let rest { return rest }
        let own = rest?.copy() ?? Rest()
        rest = own
        return own
    }

    /// Method, body and fields of its own; nil: a GET without a body.
    package var message: OutgoingMessage? {
        get { rest?.message }
        set { if newValue != nil || rest != nil { ownRest().message = newValue } }
    }

    /// Where it goes in place of one of the endpoint's servers; fetched once, whatever the endpoint's upstream repeats.
    package var url: HTTPURL? {
        get { rest?.url }
        set {
            let rest = ownRest()
            rest.url = newValue
            rest.hasURL = newValue != nil
        }
    }

    /// Whether there is such a URL, without a copy of it.
    var hasURL: Bool { rest?.hasURL ?? false }

    /// Takes the answer as it comes; nil: the owner gets it whole.
    package var sink: (any TransferSink)? {
        get { rest?.sink }
        set { ownRest().sink = newValue }
    }

    /// The server that the call goes to only when there is no other.
    var avoided: ServerState? {
        get { rest?.avoided }
        set { if newValue != nil || rest != nil { ownRest().avoided = newValue } }
    }

    /// Whether it may be sent again where its connection broke before an answer (RFC 9110 section 9.2.2).
    var isIdempotent: Bool { rest?.message?.isIdempotent ?? true }

    /// The same call, ordered by another.
    borrowing func again(for owner: any TransferOwner, index: Int) -> CallOrder {
        var order = CallOrder(
            endpoint, target: target, headers: headers, timeout: timeout, owner: owner, index: index)
        order.rest = rest
        return order
    }
}
