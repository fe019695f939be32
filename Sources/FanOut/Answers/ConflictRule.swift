/// Who wins a key that two calls carry, in a merge that joins their objects (`on_conflict:`).
package enum ConflictRule: String, Sendable, CaseIterable {
    /// The later call in the configuration.
    case last
    /// The earlier one.
    case first
    /// The later call fails as `conflict`.
    case error
    /// Objects are joined key by key at every depth; anything else as `last`.
    case deep
    /// Arrays are joined end to end; anything else as `last`.
    case append
}
