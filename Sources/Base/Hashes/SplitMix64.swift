/// A generator of numbers that are unlikely to repeat, not of secrets: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
///
/// A request's id needs no more, and the system's generator costs a system call for every number.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts from a seed, which comes from the system's generator outside of tests.
    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
