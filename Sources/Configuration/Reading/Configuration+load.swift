extension Configuration {
    /// Reads a file's text: the configuration and what is odd about it.
    ///
    /// - Parameters:
    ///   - text: YAML in UTF-8.
    ///   - path: The file as errors name it.
    ///   - environment: What `${NAME}` refers to.
    ///   - files: What `file:/PATH` refers to.
    /// - Throws: Every error of the file, in its order.
    package static func load(
        _ text: some Sequence<UInt8>, path: String, environment: [String: String], files: SecretFiles = .none
    ) throws(InvalidConfiguration) -> (configuration: Configuration, warnings: [ConfigurationError]) {
        let file = try ConfigurationText(text, path: path, environment: environment, files: files)
        return (file.configuration, file.warnings)
    }
}

/// A file's text that was read and has no errors.
package struct ConfigurationText: Sendable {
    package let configuration: Configuration
    /// In the order of the file.
    package let warnings: [ConfigurationError]
    private let root: YAMLValue

    /// The same as `Configuration.load`.
    package init(
        _ text: some Sequence<UInt8>, path: String, environment: [String: String], files: SecretFiles = .none
    ) throws(InvalidConfiguration) {
        var reader = ConfigurationReader()
        let configuration = reader.read(Array(text), environment: environment, files: files)
        guard let configuration, let root = reader.root, !reader.problems.hasErrors else {
            throw InvalidConfiguration(errors: reader.problems.errors(in: path))
        }
        self.configuration = configuration
        self.root = root
        warnings = reader.problems.warnings(in: path)
    }

    /// The whole configuration as YAML: what the file says and what it leaves out, with secrets masked.
    package func effective() throws -> String { try EffectiveConfiguration(root).yaml() }
}
