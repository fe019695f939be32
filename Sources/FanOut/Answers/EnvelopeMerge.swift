import Base
import JSON

/// The `envelope` merge: each call under its name with its status, time and body, and whether all succeeded.
enum EnvelopeMerge {
    static func write(_ merge: Merge, to bytes: inout [UInt8]) {
        bytes.append(merge.isComplete ? "{\"complete\":true,\"elapsed_ms\":" : "{\"complete\":false,\"elapsed_ms\":")
        JSONText.append(milliseconds: merge.elapsed, to: &bytes)
        bytes.append(",\"results\":{")
        for index in merge.outcomes.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(copying: merge.calls[index].key)
            bytes.append(UInt8(ascii: "{"))
            merge.outcomes[index].write(to: &bytes)
            if let json = merge.json(index) {
                bytes.append(",\"body\":")
                bytes.append(copying: json)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append("}}")
    }
}
