// swift-tools-version: 6.2
import PackageDescription

// Somebody else's package: it depends on Tenon's library products by path and runs a use case on the memory adapters.
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
                .product(name: "TenonYAML", package: "tenon"),
            ])
    ]
)
