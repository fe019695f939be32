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
    /// What no upstream may be.
    private var ownEndpoint: OwnEndpoint?
    /// Who may use a route that does not say it itself.
    var standardAccess = RouteAccess()

    private static let keys =
        [
            "listen", "admin", "control", "workers", "access_log", "log", "tracing", "drain", "heartbeat_stale",
            "restart", "reload", "recycle", "limits", "names", "trusted_proxies", "upstreams", "routes",
        ] + accessKeys

    /// The configuration; nil, or a value that is not to be used, when `problems` has errors.
    mutating func read(_ text: [UInt8], environment: [String: String], files: SecretFiles) -> Configuration? {
        self.files = files
        guard let text = decode(text) else { return nil }
        let document = YAMLDocument.read(text, environment: environment, files: files, problems: &problems)
        guard let root = document else {
            if !problems.hasErrors { problems.error("the file is empty; a gateway wants 'routes'", at: .start) }
            return nil
        }
        guard let section = section(root, "the configuration", keys: Self.keys) else { return nil }
        var configuration = Configuration()
        configuration.listen = listen(in: section) ?? configuration.listen
        configuration.admin = scalar(.listenAddress, "admin", in: section) ?? configuration.admin
        configuration.control = scalar(.socketPath, "control", in: section) ?? configuration.control
        configuration.workers = scalar(.workers, "workers", in: section) ?? configuration.workers
        configuration.accessLog = scalar(.boolean, "access_log", in: section) ?? configuration.accessLog
        configuration.log = log(in: section)
        warnOfLog(configuration, in: section)
        configuration.tracing = tracing(in: section)
        configuration.drain = scalar(.duration, "drain", in: section) ?? configuration.drain
        configuration.heartbeatStale =
            scalar(.duration, "heartbeat_stale", in: section) ?? configuration.heartbeatStale
        configuration.restart = restart(in: section)
        configuration.reload = reload(in: section)
        configuration.recycle = recycle(in: section)
        configuration.limits = limits(in: section)
        configuration.names = names(in: section)
        configuration.trustedProxies = trustedProxies(in: section)
        checkAddresses(of: configuration, in: section)
        ownEndpoint = OwnEndpoint(configuration.admin)
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

    private mutating func listen(in section: Section) -> [ListenAddress]? {
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
            configuration.listen.contains(configuration.admin), !configuration.admin.isChosenByKernel
        {
            problems.error("'admin' and 'listen' are both \(configuration.admin)", at: place)
        }
        let control = ListenAddress.unix(path: configuration.control)
        if let place = section["control"]?.place ?? section["listen"]?.place,
            configuration.listen.contains(control) || configuration.admin == control
        {
            problems.error("'control' and another address are both \(control)", at: place)
        }
    }

    /// Says that a URL leads to the admin endpoint, which is not for clients.
    mutating func check(upstream address: ServerAddress, at place: Place) {
        guard let ownEndpoint, ownEndpoint.isNamed(host: address.host, port: address.port) else { return }
        problems.error("\(address.authority) is gatewayd's own 'admin', which no route may reach", at: place)
    }

    private mutating func restart(in section: Section) -> RestartSettings {
        var settings = RestartSettings()
        let keys = ["backoff", "backoff_max", "reset_after", "intensity", "period", "hold"]
        guard let section = optionalSection("restart", in: section, keys: keys) else { return settings }
        settings.backoff = scalar(.duration, "backoff", in: section) ?? settings.backoff
        settings.backoffMax = scalar(.duration, "backoff_max", in: section) ?? settings.backoffMax
        settings.resetAfter = scalar(.duration, "reset_after", in: section) ?? settings.resetAfter
        settings.intensity = scalar(.count(1...Bounds.intensity), "intensity", in: section) ?? settings.intensity
        settings.period = scalar(.duration, "period", in: section) ?? settings.period
        settings.hold = scalar(.duration, "hold", in: section) ?? settings.hold
        if settings.backoff > settings.backoffMax,
            let place = section["backoff"]?.place ?? section["backoff_max"]?.place
        {
            let texts = (settings.backoff.configurationText, settings.backoffMax.configurationText)
            problems.error("'backoff' of \(texts.0) is longer than 'backoff_max' of \(texts.1)", at: place)
        }
        return settings
    }

    private mutating func limits(in section: Section) -> Limits {
        var limits = Limits()
        let keys = [
            "header_timeout", "keepalive_idle", "connect_timeout", "request_body", "response_body", "header_bytes",
            "header_fields", "in_flight", "adaptive", "least_rate", "write_timeout", "connections",
            "connections_per_client", "requests_per_connection",
        ]
        guard let section = optionalSection("limits", in: section, keys: keys) else { return limits }
        limits.headerTimeout = scalar(.duration, "header_timeout", in: section) ?? limits.headerTimeout
        limits.keepaliveIdle = scalar(.duration, "keepalive_idle", in: section) ?? limits.keepaliveIdle
        limits.connectTimeout = scalar(.duration, "connect_timeout", in: section) ?? limits.connectTimeout
        let body = ScalarKind.size(upTo: Bounds.body)
        limits.requestBody = scalar(body, "request_body", in: section) ?? limits.requestBody
        limits.responseBody = scalar(body, "response_body", in: section) ?? limits.responseBody
        limits.headerBytes = scalar(.size(upTo: Bounds.headerBytes), "header_bytes", in: section) ?? limits.headerBytes
        limits.headerFields =
            scalar(.count(1...Bounds.headerFields), "header_fields", in: section) ?? limits.headerFields
        limits.inFlight = scalar(.count(1...Bounds.inFlight), "in_flight", in: section) ?? limits.inFlight
        limits.isAdaptive = scalar(.boolean, "adaptive", in: section) ?? limits.isAdaptive
        limits.leastRate = scalar(.size(upTo: Bounds.leastRate), "least_rate", in: section) ?? limits.leastRate
        limits.writeTimeout = scalar(.duration, "write_timeout", in: section) ?? limits.writeTimeout
        let connections = ScalarKind.count(1...Bounds.connections)
        limits.connections = scalar(connections, "connections", in: section) ?? limits.connections
        limits.connectionsPerClient = scalar(connections, "connections_per_client", in: section)
        limits.requestsPerConnection =
            scalar(.count(1...Bounds.requestsPerConnection), "requests_per_connection", in: section)
        return limits
    }

    private mutating func names(in section: Section) -> NameSettings {
        var names = NameSettings()
        guard let section = optionalSection("names", in: section, keys: ["age", "timeout"]) else { return names }
        names.age = scalar(.duration, "age", in: section) ?? names.age
        names.timeout = scalar(.duration, "timeout", in: section) ?? names.timeout
        return names
    }
}

extension ListenAddress {
    /// Port 0: two of them are two sockets.
    fileprivate var isChosenByKernel: Bool {
        if case .tcp(_, 0) = self { true } else { false }
    }
}
