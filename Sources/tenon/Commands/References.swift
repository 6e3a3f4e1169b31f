internal import ArgumentParser
internal import TenonApplication
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonService

/// `tenon errors`: prints `docs/errors.md`. Needs no database.
struct Errors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print all error codes and their meaning, as Markdown.")

    func run() async throws {
        print(ErrorReference(try await Tenon.description.catalog).markdown, terminator: "")
    }
}

/// `tenon access`: prints `docs/access.md`. Needs no database.
struct Access: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the permissions of every operation, as Markdown.")

    func run() async throws {
        let tenon = try await Tenon.description
        print(AccessReference(tenon.catalog, authorizer: tenon.parts.ports.authorizer).markdown, terminator: "")
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
