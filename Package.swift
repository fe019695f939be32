// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors where CI says so: a newer compiler's new warning must not keep anybody from building a release.
let strict: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

// What a debug build checks at run time and a release does without: that no two accesses to a variable overlap, and that
// isolated closures which are handed to the standard library run on the loop. All tests run with the checks.
let unchecked: SwiftSetting = .unsafeFlags(
    ["-enforce-exclusivity=unchecked", "-disable-dynamic-actor-isolation"], .when(configuration: .release))

let swift: [SwiftSetting] =
    strict + [
        unchecked,
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]

// The tests' own servers and clients are another implementation than ours.
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioHTTP: [Target.Dependency] = [
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOEmbedded", package: "swift-nio"),
]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A target of ours: Swift 6 mode, one set of settings for all.
///
/// - Parameter files: Those that are put into the program, in their folder.
func house(_ name: String, _ dependencies: [Target.Dependency] = [], files: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: files.map { .embedInCode($0) }, swiftSettings: swift)
}

/// The tests of one target, in the folder that mirrors it.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: swift)
}

/// A program that measures, in its folder under Tests/Benchmarks; nothing depends on it, and it is not installed.
func benchmark(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Tests/Benchmarks/\(folder)", swiftSettings: swift)
}

let dashboard = ["dashboard.html", "dashboard.css", "dashboard.js"].map { "Dashboard/\($0)" }

// Arrows only point down: a target may name those listed above it here, as Sources/README.md draws it.
let package = Package(
    name: "gatewayd",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-atomics.git", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CLinux", linkerSettings: [.linkedLibrary("resolv")]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        house("Base"),
        house("JSON", ["Base"]),
        house("HTTP", ["Base", "JSON"]),
        house("Telemetry", ["Base", "JSON"]),
        house("Access", ["Base", "JSON", "HTTP", crypto]),
        house("Policy", ["Base", "HTTP"]),
        house("FanOut", ["Base", "JSON", "HTTP", "Access", "Policy"]),
        house(
            "Tokens",
            [
                "Base", "JSON", "Access", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        house(
            "Configuration",
            [
                "Base", "JSON", "HTTP", "Telemetry", "Access", "Policy", "FanOut", "Tokens",
                .product(name: "Yams", package: "Yams"),
            ]),
        house(
            "Scoreboard",
            ["Base", "JSON", "Access", "Policy", "CLinux", .product(name: "Atomics", package: "swift-atomics")]),
        house("Processes", ["Base", "Telemetry", "CLinux"]),
        house("Loop", ["Base", "Processes", "CLinux"]),
        house(
            "Upstream",
            [
                "Base", "HTTP", "Policy", "Loop", "Processes", "CCurl", "CLinux",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        house("HTTPEdge", ["Base", "HTTP", "Access", "Loop", "Processes", "CLinux"]),
        house(
            "Supervision",
            ["Base", "JSON", "Telemetry", "Access", "Configuration", "Scoreboard", "Processes"]),
        house(
            "Admin", ["Base", "HTTP", "HTTPEdge", "Configuration", "Scoreboard", "Processes", "Loop"],
            files: dashboard),
        house(
            "Worker",
            [
                "Base", "JSON", "HTTP", "Telemetry", "Access", "FanOut", "HTTPEdge", "Upstream", "Policy", "Tokens",
                "Configuration", "Scoreboard", "Processes", "Loop",
                .product(name: "Atomics", package: "swift-atomics"),
            ]),
        house("Demo", ["Base", "JSON", "HTTP", "HTTPEdge", "Processes", "Loop"]),
        .executableTarget(
            name: "gatewayd",
            dependencies: [
                "Supervision", "Worker", "Admin", "Demo", "Configuration", "Processes", "Base", "HTTP",
                arguments,
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "gatewayctl",
            dependencies: [
                "Upstream", "FanOut", "Base", "JSON", "HTTP", "Telemetry", "Policy", "Loop", "Processes", arguments,
            ],
            swiftSettings: swift),
        benchmark("merge-bench", in: "merge", ["Base", "HTTP", "Policy", "FanOut"]),
        // What several of the tests below share.
        .target(name: "TestSupport", dependencies: ["Base", "HTTP"], path: "Tests/Support", swiftSettings: swift),
        tests("Base", ["TestSupport"]),
        tests("JSON", ["Base", "FanOut", "TestSupport"]),
        tests("HTTP", ["Base", "FanOut", "TestSupport"]),
        tests("Telemetry", ["Base"]),
        tests("Access", ["Base", "HTTP", "TestSupport"]),
        tests("Policy", ["Base", "HTTP"]),
        tests("FanOut", ["Base", "JSON", "HTTP", "Policy", "TestSupport"]),
        tests("Tokens", ["JSON", "Access", crypto]),
        tests("Configuration", ["Base", "JSON", "HTTP", "Telemetry", "Access", "Policy", "FanOut"]),
        tests("Scoreboard", ["Base", "Access", "Policy", "CLinux", "TestSupport"]),
        tests("Processes", ["Base", "CLinux"]),
        tests("Supervision", ["Base", "JSON", "Configuration", "Scoreboard", "Processes"]),
        tests(
            "Upstream", ["Base", "JSON", "HTTP", "FanOut", "Policy", "Loop", "Processes", "CCurl", "TestSupport"] + nio),
        tests("Loop", ["Base", "Processes"]),
        tests("HTTPEdge", ["Base", "HTTP", "Access", "Loop", "Processes", "TestSupport"]),
        tests(
            "Worker",
            [
                "Base", "HTTP", "Telemetry", "FanOut", "HTTPEdge", "Upstream", "Policy", "Configuration",
                "Scoreboard", "Processes", "Loop",
            ]),
        tests("gatewayctl"),
        // Starts the built programs; it depends on them so that they are built.
        .testTarget(
            name: "GatewaydTests",
            dependencies: [
                "gatewayd", "gatewayctl", "Base", "Processes", "CLinux", crypto,
            ] + nio + nioHTTP,
            swiftSettings: swift),
        .testTarget(name: "TidyTests", swiftSettings: swift),
    ]
)
