internal import ArgumentParser
internal import TenonHTTP

/// `tenon errors`: prints `docs/errors.md`. Needs no database.
struct Errors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print all error codes and their meaning, as Markdown.")

    func run() async throws {
        try await ServiceWiring.withDescription { wiring in
            print(ErrorReference(wiring.catalog).markdown, terminator: "")
        }
    }
}

/// `tenon access`: prints `docs/access.md`. Needs no database.
struct Access: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the permissions of every operation, as Markdown.")

    func run() async throws {
        try await ServiceWiring.withDescription { wiring in
            print(AccessReference(wiring.catalog, authorizer: wiring.authorizer).markdown, terminator: "")
        }
    }
}

/// `tenon settings`: prints `docs/settings.md`.
struct SettingsReference: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print all settings and their defaults, as Markdown.")

    func run() throws {
        print(SettingDeclaration.markdown, terminator: "")
    }
}
