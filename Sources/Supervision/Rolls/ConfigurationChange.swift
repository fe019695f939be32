package import Configuration

/// What stands in the way of a configuration that is to take the place of the one in use without a restart.
package enum ConfigurationChange {
    /// A line for each thing that only a restart can change; empty when a roll of the workers is enough.
    ///
    /// The supervisor holds the control socket, and the admin process is not rolled.
    package static func needsRestart(from old: Configuration, to new: Configuration) -> [String] {
        var reasons: [String] = []
        func compare(_ key: String, _ old: String, _ new: String) {
            if old != new { reasons.append("'\(key)' cannot change from \(old) to \(new) without a restart") }
        }
        compare("admin", old.sockets.admin.description, new.sockets.admin.description)
        compare("control", old.sockets.control, new.sockets.control)
        return reasons
    }
}
