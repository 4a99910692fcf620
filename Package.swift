// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors only under STRICT_BUILD=1 (`scripts/check`, CI): other distributions' headers
/// deprecate other functions, and a stranger's first build must not fail for that.
let strictBuild = Context.environment["STRICT_BUILD"] == "1"

/// FUZZ=1 (`scripts/fuzz`) adds libFuzzer's targets and watches all code for them.
let fuzzing = Context.environment["FUZZ"] == "1"

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
    ] + (strictBuild ? [.treatAllWarnings(as: .error)] : [])
    + (fuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])] : [])

/// Tests/Fuzz/<name>Fuzz, each with an oracle of its own.
let fuzzTargets: [Target] =
    [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .target(
            name: "FuzzDriver", dependencies: ["CFuzzer", "Oracles"], path: "Tests/Fuzz/Driver",
            swiftSettings: strict),
    ]
    + ["Request", "WebSocket", "Webhook", "JSON", "Token", "Phone"].map { name in
        .executableTarget(
            name: "\(name)Fuzz", dependencies: ["FuzzDriver", "Oracles"],
            path: "Tests/Fuzz/\(name)Fuzz", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
    }

let package = Package(
    name: "otpless",
    products: [
        .executable(name: "otpless-server", targets: ["otpless-server"])
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(
            name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),

        .target(name: "Metrics", swiftSettings: strict),
        .target(name: "Loop", dependencies: ["Metrics", "CLinux"], swiftSettings: strict),
        .target(
            name: "Wire", dependencies: ["Loop", "Metrics", "CLinux", "COpenSSL"],
            swiftSettings: strict),
        .target(
            name: "OTPless",
            dependencies: [
                "Loop", "Metrics", "CLinux", "COpenSSL", "CCurl", "CSQLite", "CPostgres",
            ],
            swiftSettings: strict),
        .target(
            name: "Webhook", dependencies: ["OTPless", "Wire", "Loop", "Metrics"],
            swiftSettings: strict),
        .target(
            name: "WSGateway", dependencies: ["OTPless", "Wire", "Loop", "Metrics"],
            swiftSettings: strict),
        .target(
            name: "WhatsAppSimulator", dependencies: ["OTPless", "Wire", "Loop"],
            resources: [.embedInCode("Pages")], swiftSettings: strict),
        .executableTarget(
            name: "otpless-server",
            dependencies: [
                "CLinux", "CZlib", "CBrotli", "CQREncode", "Loop", "Metrics", "Wire", "OTPless",
                "Webhook",
                "WSGateway", "WhatsAppSimulator",
            ],
            resources: [.embedInCode("Pages"), .embedInCode("API/openapi.json")],
            swiftSettings: strict),

        // Not shipped: what conformance suites are run against.
        .executableTarget(
            name: "conformance-echo", dependencies: ["Wire", "OTPless", "Loop"],
            path: "Tests/ConformanceEcho", swiftSettings: strict),

        // What must hold for any bytes: for tests, and for fuzz targets.
        .target(
            name: "Oracles", dependencies: ["Webhook", "OTPless", "Wire"],
            path: "Tests/Fuzz/Oracles", swiftSettings: strict),
        // Not shipped: what tests of several targets use.
        .target(
            name: "TestSupport", dependencies: ["OTPless", "Loop", "COpenSSL", "CPostgres"],
            path: "Tests/TestSupport", swiftSettings: strict),
        // Not shipped: what replies to browsers are decoded with.
        .systemLibrary(name: "CDecoders", path: "Tests/CDecoders", pkgConfig: "libbrotlidec"),
        .testTarget(
            name: "MetricsTests", dependencies: ["Metrics", "Loop"], swiftSettings: strict),
        .testTarget(name: "LoopTests", dependencies: ["Loop", "Metrics"], swiftSettings: strict),
        .testTarget(
            name: "WireTests", dependencies: ["Oracles", "Wire", "Loop", "Metrics", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CorpusTests", dependencies: ["Oracles"], path: "Tests/Fuzz/CorpusTests",
            swiftSettings: strict),
        .testTarget(
            name: "OTPlessTests",
            dependencies: [
                "TestSupport", "OTPless", "Loop", "Metrics", "CSQLite", "CPostgres",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebhookTests",
            dependencies: ["TestSupport", "Webhook", "OTPless", "Wire", "Loop", "Metrics"],
            swiftSettings: strict),
        .testTarget(
            name: "WSGatewayTests",
            dependencies: ["TestSupport", "WSGateway", "OTPless", "Wire", "Loop", "Metrics"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["TestSupport", "WhatsAppSimulator", "OTPless", "Wire", "Loop"],
            exclude: ["pywa"], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "otpless-server", "WhatsAppSimulator", "OTPless", "Wire", "Loop", "Metrics",
                "CSQLite",
                "CDecoders", "TestSupport",
            ],
            swiftSettings: strict),
    ] + (fuzzing ? fuzzTargets : [])
)
