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
        var reader = ConfigurationReader()
        let configuration = reader.read(Array(text), environment: environment, files: files)
        guard let configuration, !reader.problems.hasErrors else {
            throw InvalidConfiguration(errors: reader.problems.errors(in: path))
        }
        return (configuration, reader.problems.warnings(in: path))
    }
}
