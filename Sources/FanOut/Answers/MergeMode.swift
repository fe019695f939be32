/// How the parts become one answer (`merge:`).
///
/// A new kind is a case here with its row, and a file that writes it.
package enum MergeMode: String, Sendable, CaseIterable {
    case group, object, array, envelope, stream

    /// What others ask of a kind, so that nobody compares kinds.
    package struct Traits: Sendable {
        /// Writes the body once all calls are settled.
        let write: @Sendable (Merge, inout [UInt8]) -> Void
        /// Each body has to be an object or `null`, and its members are kept.
        package var needsObjects = false
        /// Keys of two calls can meet, and `on_conflict` says which one stays.
        package var takesConflictRule = false
        /// Parts leave as they arrive (`StreamedMerge`), so the answer is whole only where nobody streams.
        package var isStreamed = false
    }

    package var traits: Traits {
        switch self {
        case .group: Traits(write: GroupMerge.write)
        case .object: Traits(write: ObjectMerge.write, needsObjects: true, takesConflictRule: true)
        case .array: Traits(write: ArrayMerge.write)
        case .envelope: Traits(write: EnvelopeMerge.write)
        case .stream: Traits(write: GroupMerge.write, isStreamed: true)
        }
    }
}
