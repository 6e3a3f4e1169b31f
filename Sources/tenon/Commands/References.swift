internal import ArgumentParser
internal import TenonHTTP

/// `tenon errors`: prints `docs/errors.md`. Needs no database.
struct Errors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print what every kind of error means, as Markdown.")

    func run() async throws {
        try await ServiceWiring.withDescription { wiring in
            print(ErrorReference(wiring.catalog).markdown, terminator: "")
        }
    }
}

/// `tenon settings`: prints `docs/settings.md`.
struct SettingsReference: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print every setting and its default, as Markdown.")

    func run() throws {
        print(SettingDeclaration.markdown, terminator: "")
    }
}
