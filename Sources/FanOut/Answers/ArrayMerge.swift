/// The `array` merge: the bodies one after another.
enum ArrayMerge {
    /// A failed call without fallback is `null`, so that each place keeps its meaning.
    static func write(_ merge: Merge, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for index in merge.outcomes.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: merge.json(index) ?? Part.null.json)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
