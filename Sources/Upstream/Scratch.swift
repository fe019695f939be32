import Loop

/// Memory that the plain lane uses for one read or one request at a time, so that connections need none of their own.
@LoopActor
final class Scratch {
    /// As much as one read takes: what a socket's buffer holds of most answers.
    private static let readBytes = 64 << 10

    /// For the bytes of one read.
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: readBytes)
    /// For one request.
    var request: [UInt8] = []
}
