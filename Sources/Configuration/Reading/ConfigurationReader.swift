import Access

/// Reads a whole file into a `Configuration` and gathers what is wrong on the way.
///
/// Every method reports its own errors and returns nil for what it could not read; it never reports what follows from
/// an error that is reported already.
struct ConfigurationReader {
    var problems = Problems()
    var upstreams = UpstreamTable()
    /// Those that the file may name.
    var files = SecretFiles.none
    /// The file as it was read, once it was.
    private(set) var root: YAMLValue?
    /// What no upstream may be.
    private var ownEndpoint: OwnEndpoint?
    /// Who may use a route that does not say it itself.
    var standardAccess = RouteAccess()

    /// The configuration; nil, or a value that is not to be used, when `problems` has errors.
    mutating func read(_ text: [UInt8], environment: [String: String], files: SecretFiles) -> Configuration? {
        self.files = files
        guard let text = decode(text) else { return nil }
        let document = YAMLDocument.read(text, environment: environment, files: files, problems: &problems)
        root = document
        guard let root else {
            if !problems.hasErrors { problems.error("the file is empty; a gateway wants 'routes'", at: .start) }
            return nil
        }
        guard let section = section(root, "the configuration", keys: Configuration.keys.map(\.name)) else { return nil }
        var configuration = Configuration()
        read(Configuration.keys, in: section, into: &configuration)
        warnOfLog(configuration, in: section)
        checkAddresses(of: configuration, in: section)
        ownEndpoint = OwnEndpoint(configuration.sockets.admin)
        readUpstreams(in: section)
        standardAccess = access(in: section)
        configuration.routes = routes(in: section)
        configuration.upstreams = upstreams.upstreams
        return configuration
    }

    /// UTF-8 without its byte order mark; nil when it is not UTF-8.
    private mutating func decode(_ bytes: [UInt8]) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) {
            return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        }
        let valid = Self.validPrefix(of: bytes)
        let lines = valid.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let column = String(decoding: lines.last ?? [], as: UTF8.self).unicodeScalars.count + 1
        problems.error("no UTF-8 from here on", at: Place(line: lines.count, column: column))
        return nil
    }

    private static func validPrefix(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
        return bytes.prefix(count)
    }

    // MARK: Top-level keys

    mutating func listen(in section: Section) -> [ListenAddress]? {
        guard let value = section["listen"] else { return nil }
        guard case .sequence(let values) = value.content else {
            return scalar(.listenAddress, "listen", in: section).map { [$0] }
        }
        if values.isEmpty {
            problems.error("'listen' wants at least one address; found an empty list", at: value.place)
        }
        var places: [ListenAddress: Place] = [:]
        var addresses: [ListenAddress] = []
        for value in values {
            guard let address = read(.listenAddress, value, subject: "'listen'") else { continue }
            addresses.append(address)
            if address.isChosenByKernel { continue }
            if let first = places[address] {
                problems.error("'\(address)' is there twice, first on line \(first.line)", at: value.place)
            } else {
                places[address] = value.place
            }
        }
        return addresses
    }

    /// Two sockets cannot share an address.
    private mutating func checkAddresses(of configuration: Configuration, in section: Section) {
        if let place = section["admin"]?.place ?? section["listen"]?.place,
            configuration.sockets.listen.contains(configuration.sockets.admin),
            !configuration.sockets.admin.isChosenByKernel
        {
            problems.error("'admin' and 'listen' are both \(configuration.sockets.admin)", at: place)
        }
        let control = ListenAddress.unix(path: configuration.sockets.control)
        if let place = section["control"]?.place ?? section["listen"]?.place,
            configuration.sockets.listen.contains(control) || configuration.sockets.admin == control
        {
            problems.error("'control' and another address are both \(control)", at: place)
        }
    }

    /// Says that a URL leads to the admin endpoint, which is not for clients.
    mutating func check(upstream address: ServerAddress, at place: Place) {
        guard let ownEndpoint, ownEndpoint.isNamed(host: address.host, port: address.port) else { return }
        problems.error("\(address.authority) is gatewayd's own 'admin', which no route may reach", at: place)
    }

    /// Says that the doubling begins behind its end.
    mutating func check(_ settings: RestartSettings, in section: Section) {
        if settings.backoff > settings.backoffMax,
            let place = section["backoff"]?.place ?? section["backoff_max"]?.place
        {
            let texts = (settings.backoff.configurationText, settings.backoffMax.configurationText)
            problems.error("'backoff' of \(texts.0) is longer than 'backoff_max' of \(texts.1)", at: place)
        }
    }
}

extension ListenAddress {
    /// Port 0: two of them are two sockets.
    fileprivate var isChosenByKernel: Bool {
        if case .tcp(_, 0) = self { true } else { false }
    }
}
