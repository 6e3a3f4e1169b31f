internal import ArgumentParser
internal import Glibc
internal import TenonDomain

@main
struct TenonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenon", abstract: "A platform control plane.", version: Version.product,
        subcommands: [
            Serve.self, Migrate.self, Admin.self, Keys.self, TenantCommands.self, PolicyCommands.self, Login.self,
            Logout.self, Configs.self, Namespaces.self, Audit.self,
            OpenAPI.self, Errors.self, Access.self, SettingsReference.self,
        ])

    /// Parses and runs a command. Every failure is one line on standard error and exit code 1.
    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            complain(failure.detail + (failure.cause.map { " (\($0))" } ?? ""))
        } catch let error as SettingError {
            complain(error.description)
        } catch {
            exit(withError: error)
        }
    }

    private static func complain(_ line: String) -> Never {
        Output.complain(line.split(whereSeparator: \.isNewline).joined(separator: " "))
        Glibc.exit(1)
    }
}

enum Version {
    static let product = "0.1.0"
}
