internal import ArgumentParser
internal import FoundationEssentials

/// Creates the files of a new migration and adds its name to the two lists.
struct NewMigration {
    let project: String
    let name: String

    func write() throws {
        let folder = "\(project)/Migrations"
        let numbers = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int($0.prefix(4)) }
        let digits = String((numbers.max() ?? 0) + 1)
        let full = String(repeating: "0", count: 4 - digits.count) + digits + "_" + name
        for direction in ["up", "down"] {
            try Data("-- \(name)\n".utf8).write(to: URL(filePath: "\(folder)/\(full).\(direction).sql"))
        }
        // SwiftPM names embedded files by their identifiers: the first digit becomes an underscore.
        let symbol = "_" + full.dropFirst()
        try insert(
            """
                    Migration(
                        "\(full)", up: PackageResources.\(symbol)_up_sql, down: PackageResources.\(symbol)_down_sql),

            """, before: "    ]\n}", into: "\(folder)/Migrations.swift")
        try insert("    \"\(full)\",\n", before: "]\n", into: "\(project)/Package.swift", after: "let migrations = [")
        print("created \(folder)/\(full).up.sql and .down.sql")
    }

    private func insert(_ text: String, before mark: String, into path: String, after start: String = "") throws {
        let content = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        guard let begin = start.isEmpty ? content.startIndex : content.firstRange(of: start)?.upperBound,
            let place = content[begin...].firstRange(of: mark)
        else { throw ValidationError("\(path) has no list of migrations") }
        let changed = content[..<place.lowerBound] + text + content[place.lowerBound...]
        try Data(String(changed).utf8).write(to: URL(filePath: path))
    }
}
