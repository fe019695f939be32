import Loop

/// Memory that the plain lane uses for one read or one request at a time, so that connections need none of their own.
@LoopActor
final class Scratch {
    /// As much as one read takes.
    ///
    /// 16 KiB: a TLS record, and most answers whole. Large bodies take many reads, with everybody else's turn in between:
    /// with 64 KiB a small answer waited three times as long among 320 of 1 MiB.
    private static let readBytes = 16 << 10

    /// For the bytes of one read.
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: readBytes)
    /// For one request.
    var request: [UInt8] = []
}
