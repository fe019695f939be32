import Configuration
import FanOut
import Testing

/// Loads a text as `gatewayd.yaml`; records an issue and returns nil when it is refused.
func loaded(
    _ text: String, environment: [String: String] = [:], at location: SourceLocation = #_sourceLocation
) -> Configuration? {
    do {
        return try Configuration.load(text.utf8, path: "gatewayd.yaml", environment: environment).configuration
    } catch {
        Issue.record("refused: \(error)", sourceLocation: location)
        return nil
    }
}

/// The errors of a text without their file: `LINE:COLUMN: message`; empty when it is accepted.
func errors(_ text: String, environment: [String: String] = [:], files: SecretFiles = .none) -> [String] {
    do {
        _ = try Configuration.load(text.utf8, path: "f", environment: environment, files: files)
        return []
    } catch {
        return error.errors.map { String($0.description.dropFirst(2)) }
    }
}

/// The warnings of a text that is accepted, as `LINE:COLUMN: message`.
func warnings(_ text: String, files: SecretFiles = .none) throws -> [String] {
    try Configuration.load(text.utf8, path: "f", environment: [:], files: files).warnings.map {
        String($0.description.dropFirst(2))
    }
}

/// The shortest routes that make a configuration whole, to follow the lines that a test is about.
let someRoutes = """
    routes: [{ path: /, fan_out: [{ name: a, url: "http://127.0.0.1:1/" }] }]
    """

/// A route with one call in flow style on line 1, such as `url: "http://h/"`.
func callErrors(_ call: String, path: String = "/p/{id}") -> [String] {
    errors("routes: [{ path: '\(path)', fan_out: [{ name: a, \(call) }] }]")
}

/// The same numbers in every run (SplitMix64), so that a failure can be repeated.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The fan-out of the first route, nil when that does something else.
func firstFanOut(of configuration: Configuration) -> FanOutRoute? {
    guard case .fanOut(let route) = configuration.routes.first?.action else { return nil }
    return route
}
