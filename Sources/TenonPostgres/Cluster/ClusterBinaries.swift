import Glibc
import TenonDomain

/// PostgreSQL's programs of one major version.
struct ClusterBinaries: Sendable, Hashable {
    let folder: ClusterFile
    let version: Int

    var postgres: String { folder.appending("postgres").path }
    var initdb: String { folder.appending("initdb").path }

    static let oldestVersion = 15
    private static let packaged = ClusterFile("/usr/lib/postgresql")

    /// The programs that fit a cluster of that major version or, where there is none yet, the newest.
    /// `versionOf` asks the programs of a folder whose name doesn't tell.
    static func find(
        _ settings: EmbeddedClusterSettings, for existing: Int?, versionOf: (ClusterFile) -> Int?
    ) throws(Failure) -> ClusterBinaries {
        var found: [ClusterBinaries] = []
        if let chosen = settings.binaryFolder {
            let folder = ClusterFile(chosen)
            guard hasPrograms(folder), let version = versionOf(folder) else {
                throw .cluster("There is no PostgreSQL (postgres and initdb) in \(chosen).")
            }
            found = [ClusterBinaries(folder: folder, version: version)]
        } else {
            found = packagedVersions()
            if !found.contains(where: { fits($0, existing) }) {
                for name in settings.searchPath.split(separator: ":") where name.hasPrefix("/") {
                    let folder = ClusterFile(String(name))
                    guard hasPrograms(folder), let version = versionOf(folder) else { continue }
                    found.append(ClusterBinaries(folder: folder, version: version))
                }
            }
        }
        if let best = found.filter({ fits($0, existing) }).max(by: { $0.version < $1.version }) { return best }
        throw .cluster(explain(found.map(\.version), existing))
    }

    private static func fits(_ binaries: ClusterBinaries, _ existing: Int?) -> Bool {
        binaries.version >= oldestVersion && binaries.version == existing ?? binaries.version
    }

    private static func explain(_ found: [Int], _ existing: Int?) -> String {
        let there = found.isEmpty ? "none" : found.map(String.init).joined(separator: ", ")
        if let existing {
            return "The data folder was made by PostgreSQL \(existing), which is not installed (found: \(there)): "
                + "install the package postgresql-\(existing)."
        }
        return "PostgreSQL \(oldestVersion) or newer is not installed (found: \(there)): "
            + "install the package postgresql, or set DATABASE_URL."
    }

    private static func packagedVersions() -> [ClusterBinaries] {
        packaged.entries.compactMap { name in
            let folder = packaged.appending(name).appending("bin")
            guard let version = Int(name), hasPrograms(folder) else { return nil }
            return ClusterBinaries(folder: folder, version: version)
        }
    }

    private static func hasPrograms(_ folder: ClusterFile) -> Bool {
        folder.path.hasPrefix("/")
            && ["postgres", "initdb"].allSatisfy { access(folder.appending($0).path, X_OK) == 0 }
    }

    /// The major version in what `postgres --version` prints: `postgres (PostgreSQL) 15.18 (Debian …)`.
    static func majorVersion(in text: String) -> Int? {
        guard let word = text.split(separator: " ").first(where: { $0.first?.isNumber ?? false }) else { return nil }
        return Int(word.prefix { $0.isNumber })
    }
}
