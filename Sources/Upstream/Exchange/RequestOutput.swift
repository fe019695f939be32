import HTTP

/// What of a request is still to go out: bytes that the socket did not take yet, and the rest of a body that comes in pieces.
struct RequestOutput {
    /// From `from` on.
    private(set) var unsent: [UInt8] = []
    private(set) var from = 0
    /// How the part of the body is framed that is still to be sent as it comes; nil when the request is whole.
    var bodyDue: BodyStreaming?
    /// Whoever gives the body is to be told when there is room for more.
    var isSinkWaiting = false
    /// Whether what waits is sent at the end of this turn.
    var flushesSoon = false

    var isEmpty: Bool { unsent.isEmpty }
    var waiting: Int { unsent.count - from }

    /// The bytes that wait.
    func withUnsent(_ send: (UnsafeBufferPointer<UInt8>) -> Int) -> Int {
        unsent.withUnsafeBufferPointer { send(UnsafeBufferPointer(rebasing: $0[from...])) }
    }

    mutating func append(_ bytes: some Collection<UInt8>) { unsent.append(contentsOf: bytes) }

    mutating func appendChunkSize(_ count: Int) { ChunkSize.append(count, to: &unsent) }

    /// So many bytes went out; true when none wait any more.
    mutating func sent(_ count: Int) -> Bool {
        from += count
        guard from == unsent.count else { return false }
        unsent.removeAll(keepingCapacity: bodyDue != nil)
        from = 0
        return true
    }

    /// Frees the memory, where nothing waits.
    mutating func release() {
        if unsent.isEmpty { unsent = [] }
    }

    /// The connection has ended.
    mutating func clear() {
        unsent = []
        from = 0
        bodyDue = nil
    }
}
