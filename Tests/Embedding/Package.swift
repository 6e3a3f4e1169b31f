// swift-tools-version: 6.2
import PackageDescription

// Somebody else's package: it depends on Tenon's library products by path and runs use cases on the memory adapters and on PostgreSQL.
let package = Package(
    name: "Embedding",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "tenon", path: "../..")],
    targets: [
        .executableTarget(
            name: "Embedding",
            dependencies: [
                .product(name: "TenonDomain", package: "tenon"),
                .product(name: "TenonApplication", package: "tenon"),
                .product(name: "TenonCrypto", package: "tenon"),
                .product(name: "TenonMemory", package: "tenon"),
                .product(name: "TenonPostgres", package: "tenon"),
                .product(name: "TenonYAML", package: "tenon"),
            ])
    ]
)
