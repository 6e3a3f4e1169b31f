// swift-tools-version: 6.2
import PackageDescription

// Somebody else's package: it depends on Tenon's library products by path and runs use cases on the memory adapters and on PostgreSQL.
let package = Package(
    name: "Embedding",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "tenon", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "Embedding",
            dependencies: [
                .product(name: "TenonDomain", package: "tenon"),
                .product(name: "TenonApplication", package: "tenon"),
                .product(name: "TenonMemory", package: "tenon"),
                .product(name: "TenonPostgres", package: "tenon"),
                .product(name: "TenonService", package: "tenon"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ])
    ]
)
