/// What this build calls itself, in `--version`, `/stats` and the `User-Agent` of its calls.
package enum Version {
    /// By semantic versioning.
    package static let text = "0.1.0"
}
