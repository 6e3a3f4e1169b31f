// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same language rules; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// In order; `tenon migrate new NAME` adds to this list and to `Migrations/Migrations.swift`.
let migrations = [
    "0001_foundation",
    "0002_identity",
    "0003_events",
    "0004_configuration",
    "0005_idempotency",
    "0006_configuration_history",
    "0007_key_rotation",
    "0008_access",
    "0009_audit",
    "0010_tenants",
    "0011_tenant_databases",
    "0012_api_keys",
    "0013_sso",
    "0014_policies",
    "0015_rate_limits",
    "0016_credentials",
    "0017_directory_by_tenant",
    "0018_sign_ins",
    "0019_tenant_status_before_deletion",
    "0020_statistics",
    "0021_version_floors",
    "0022_personal_accounts",
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// The modules whose parsers are fuzzed.
let fuzzed = ["TenonKit", "TenonPolicy", "TenonDomain", "TenonYAML", "TenonHTTPServer", "TenonClient", "TenonOIDC"]

let package = Package(
    name: "tenon",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "TenonKit", targets: ["TenonKit"]),
        .library(name: "TenonPolicy", targets: ["TenonPolicy"]),
        .library(name: "TenonDomain", targets: ["TenonDomain"]),
        .library(name: "TenonApplication", targets: ["TenonApplication"]),
        .library(name: "TenonMemory", targets: ["TenonMemory"]),
        .library(name: "TenonHTTPServer", targets: ["TenonHTTPServer"]),
        .library(name: "TenonHTTP", targets: ["TenonHTTP"]),
        .library(name: "TenonPostgres", targets: ["TenonPostgres"]),
        .library(name: "TenonCrypto", targets: ["TenonCrypto"]),
        .library(name: "TenonYAML", targets: ["TenonYAML"]),
        .library(name: "TenonClient", targets: ["TenonClient"]),
        .library(name: "TenonOIDC", targets: ["TenonOIDC"]),
        .library(name: "TenonService", targets: ["TenonService"]),
        .library(name: "TenonContractTesting", targets: ["TenonContractTesting"]),
        .executable(name: "tenon", targets: ["tenon"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // The system's C libraries: a module map and a shim header each.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CMalloc"),

        // The core.
        .target(
            name: "TenonKit", dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "TenonPolicy", dependencies: ["TenonKit"], swiftSettings: strict),
        .target(name: "TenonDomain", dependencies: ["TenonKit", "TenonPolicy"], swiftSettings: strict),
        .target(
            name: "TenonApplication", dependencies: ["TenonDomain", "TenonKit", "TenonPolicy"], swiftSettings: strict),

        // The adapters.
        .target(
            name: "TenonMigrations", path: "Migrations", sources: ["Migrations.swift"],
            resources: migrations.flatMap { [.embedInCode("\($0).up.sql"), .embedInCode("\($0).down.sql")] },
            swiftSettings: strict),
        .target(name: "TenonMemory", dependencies: ["TenonDomain", "TenonKit"], swiftSettings: strict),
        .target(
            name: "TenonCrypto", dependencies: ["TenonDomain", "TenonKit", "COpenSSL", "CCrypt"], swiftSettings: strict),
        .target(
            name: "TenonYAML", dependencies: ["TenonDomain", "TenonKit", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "TenonPostgres",
            dependencies: [
                "TenonDomain", "TenonKit", "TenonMigrations", "CLibPQ",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "TenonHTTPServer",
            dependencies: [
                "TenonDomain", "TenonKit", logging, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "TenonHTTP",
            dependencies: ["TenonHTTPServer", "TenonApplication", "TenonDomain", "TenonKit", "TenonPolicy"],
            swiftSettings: strict),

        .target(
            name: "TenonOIDC",
            dependencies: [
                "TenonDomain", "TenonKit", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),

        // The assembly: use cases and background services on a family of adapters that is handed in.
        .target(
            name: "TenonService",
            dependencies: [
                "TenonDomain", "TenonKit", "TenonApplication", "TenonCrypto", "TenonHTTP", "TenonHTTPServer",
                "TenonYAML",
                "TenonOIDC",
                logging, lifecycle,
            ],
            swiftSettings: strict),

        // The other side of the API.
        .target(
            name: "TenonClient",
            dependencies: [
                "TenonDomain", "TenonKit", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "tenon",
            dependencies: [
                "TenonDomain", "TenonKit", "TenonPolicy", "TenonApplication", "TenonMemory", "TenonCrypto",
                "TenonPostgres", "TenonHTTP", "TenonHTTPServer", "TenonService", "TenonClient", "TenonOIDC", "CMalloc",
                logging, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests. Those that need a server start it themselves.
        .target(
            name: "TestSupport", dependencies: ["TenonDomain", "TenonKit", "TenonPostgres"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "TenonKitTests", dependencies: ["TenonKit", "TenonDomain", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TenonPolicyTests", dependencies: ["TenonPolicy", "TenonDomain", "TenonKit", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TenonDomainTests", dependencies: ["TenonDomain", "TenonKit", "TenonPolicy", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TenonCryptoTests",
            dependencies: ["TenonCrypto", "TenonDomain", "TenonKit", "TenonMemory", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TenonYAMLTests", dependencies: ["TenonYAML", "TenonDomain", "TenonKit", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TenonApplicationTests",
            dependencies: [
                "TenonApplication", "TenonCrypto", "TenonDomain", "TenonKit", "TenonMemory", "TenonService",
                "TenonYAML", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TenonPostgresTests",
            dependencies: [
                "TenonPostgres", "TenonApplication", "TenonDomain", "TenonKit", "TenonCrypto", "TenonMemory",
                "TestSupport",
            ],
            swiftSettings: strict),
        // What adapters of third parties are tried with too.
        .target(
            name: "TenonContractTesting", dependencies: ["TenonDomain", "TenonKit"], path: "Tests/TenonContractTesting",
            swiftSettings: strict),
        .testTarget(
            name: "TenonContractTests",
            dependencies: [
                "TenonContractTesting",
                "TenonApplication", "TenonPostgres", "TenonMemory", "TenonDomain", "TenonKit", "TenonCrypto",
                "TenonYAML",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TenonHTTPTests",
            dependencies: [
                "TenonHTTP", "TenonHTTPServer", "TenonApplication", "TenonCrypto", "TenonDomain", "TenonKit",
                "TenonMemory",
                "TenonOIDC", "TenonService", "TenonYAML",
                "TestSupport",
                logging, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TenonClientTests",
            dependencies: ["TenonClient", "TenonDomain", "TenonKit", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TenonOIDCTests",
            dependencies: ["TenonOIDC", "TenonCrypto", "TenonDomain", "TenonKit", "TenonMemory", "TestSupport"],
            swiftSettings: strict),
        // What `make fuzz` runs; the tests run each target on its seeds.
        .target(
            name: "FuzzTargets",
            dependencies: fuzzed.map { .byName(name: $0) } + [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Fuzz", exclude: ["Corpus", "Dictionaries", "Main"], swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "tenon", "TenonApplication", "TenonCrypto", "TenonDomain", "TenonKit", "TenonMemory", "TenonService",
                "TestSupport",
                logging,
                lifecycle,
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// `make docs` alone resolves the plug-in.
if Context.environment["TENON_DOCC"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"))
}

// `make fuzz` alone sets TENON_FUZZ: no other build has the program or the instrumentation of the targets it fuzzes.
if Context.environment["TENON_FUZZ"] != nil {
    // Optimised, and with the checks of a debug build all the same, those of unsafe buffers among them.
    let checked = ["-O", "-assert-config", "Debug"]
    for target in package.targets where fuzzed.contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"] + checked))
    }
    package.targets.first { $0.name == "FuzzTargets" }?.swiftSettings?.append(.unsafeFlags(checked))
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/CLibFuzzer"),
        .executableTarget(
            name: "TenonFuzz", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Tests/Fuzz/Main",
            swiftSettings: strict + [.unsafeFlags(checked)],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}
