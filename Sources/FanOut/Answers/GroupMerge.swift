import Base

/// The `group` merge: an object with each body under the name of its call.
enum GroupMerge {
    /// A failed call without fallback is left out: `null` means an empty answer.
    static func write(_ merge: Merge, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for index in merge.outcomes.indices {
            guard let json = merge.json(index) else { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(copying: merge.calls[index].key)
            bytes.append(copying: json)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
