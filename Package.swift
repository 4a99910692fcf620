// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors only under STRICT_BUILD=1 (`scripts/check`, CI): other distributions' headers
/// deprecate other functions, and a stranger's first build must not fail for that.
let strictBuild = Context.environment["STRICT_BUILD"] == "1"

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

        .target(name: "Loop", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "Wire", dependencies: ["Loop", "CLinux", "COpenSSL"], swiftSettings: strict),
        .target(
            name: "OTPless", dependencies: ["Loop", "CLinux", "COpenSSL", "CCurl", "CSQLite"],
            swiftSettings: strict),
        .target(
            name: "Webhook", dependencies: ["OTPless", "Wire", "Loop"], swiftSettings: strict),
        .target(
            name: "WSGateway", dependencies: ["OTPless", "Wire", "Loop"], swiftSettings: strict),
        .target(
            name: "WhatsAppSimulator", dependencies: ["OTPless", "Wire", "Loop"],
            resources: [.embedInCode("Pages")], swiftSettings: strict),
        .executableTarget(
            name: "otpless-server",
            dependencies: [
                "Loop", "Wire", "OTPless", "Webhook", "WSGateway", "WhatsAppSimulator",
            ],
            resources: [.embedInCode("Pages")], swiftSettings: strict),

        // Not shipped: what conformance suites are run against.
        .executableTarget(
            name: "conformance-echo", dependencies: ["Wire", "OTPless", "Loop"],
            path: "Tests/ConformanceEcho", swiftSettings: strict),

        .testTarget(name: "LoopTests", dependencies: ["Loop"], swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Loop"], swiftSettings: strict),
        .testTarget(
            name: "OTPlessTests", dependencies: ["OTPless", "Loop", "CSQLite"],
            swiftSettings: strict),
        .testTarget(
            name: "WebhookTests", dependencies: ["Webhook", "OTPless", "Wire", "Loop"],
            swiftSettings: strict),
        .testTarget(
            name: "WSGatewayTests", dependencies: ["WSGateway", "OTPless", "Wire", "Loop"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulatorTests", dependencies: ["WhatsAppSimulator", "OTPless", "Wire", "Loop"],
            exclude: ["pywa"], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "otpless-server", "WhatsAppSimulator", "OTPless", "Wire", "Loop", "CSQLite",
            ],
            swiftSettings: strict),
    ]
)
