// swift-tools-version: 6.2
import PackageDescription

// Measures Tenon against limits. A package of its own, so that what it compares with is no dependency of Tenon.

/// The driver is measured below its public interface, so this program counts as a part of Tenon's package, whose name for
/// the compiler is that of its folder.
let tenon = Context.packageDirectory.split(separator: "/").dropLast(2).last.map(String.init) ?? "tenon"
let packageName = String(tenon.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })

let package = Package(
    name: "Bench",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "tenon", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: [
        .executableTarget(
            name: "TenonBench",
            dependencies: [
                .product(name: "TenonCrypto", package: "tenon"),
                .product(name: "TenonDomain", package: "tenon"),
                .product(name: "TenonKit", package: "tenon"),
                .product(name: "TenonMemory", package: "tenon"),
                .product(name: "TenonPolicy", package: "tenon"),
                .product(name: "TenonPostgres", package: "tenon"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            packageAccess: false,
            swiftSettings: [
                .unsafeFlags(["-package-name", packageName]),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .treatAllWarnings(as: .error),
            ])
    ],
    swiftLanguageModes: [.v6]
)
