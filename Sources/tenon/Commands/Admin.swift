internal import ArgumentParser
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonKit
internal import TenonPostgres

/// `tenon admin create | reset-password`
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make administrators of the platform, and let people in who lost their password.",
        subcommands: [Create.self, ResetPassword.self])

    /// Lends everything that the service has, on the database of the settings.
    private static func with<Value: Sendable>(
        _ options: DatabaseOptions, _ body: (ServiceWiring, CommandContext) async throws(Failure) -> Value
    ) async throws -> Value {
        try await CommandDatabase.withKeys(options) { database, context throws(Failure) in
            let wiring = try await ServiceWiring(
                context.settings, storage: .postgres(database, nil), keks: context.keks, life: ServiceLife(),
                context.core)
            defer { wiring.hasher.shutdown() }
            return try await body(wiring, context)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a platform administrator.",
            discussion: "The password is asked for, or read from standard input where that is no terminal.")

        @OptionGroup var database: DatabaseOptions
        @Option(help: "The administrator's e-mail address.") var email: String
        @Option(help: "The administrator's name.") var name: String?

        func run() async throws {
            let input = try input()
            let user = try await Admin.with(database) { wiring, context throws(Failure) in
                try await wiring.createAdministrator.execute(input, as: .commandLine(context.core))
            }
            print("made \(user.id) \(user.email.text)")
        }

        private func input() throws -> CreateAdministrator.Input {
            do {
                return CreateAdministrator.Input(
                    email: try EmailAddress(email),
                    fullName: try name.map { text throws(Violation) in try DisplayName(text) },
                    password: PasswordPrompt.read() ?? Secret(""))
            } catch {
                throw ValidationError(error.detail)
            }
        }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password", abstract: "Print a token by which somebody chooses a password, once.",
            discussion: "Whoever has the token has the account: hand it on where nobody else reads it.")

        @OptionGroup var database: DatabaseOptions
        @Option(help: "The account's e-mail address.") var email: String
        @Option(help: "The slug of its tenant, where several have the address.") var tenant: String?

        func run() async throws {
            let input = try input()
            let (done, publicURL) = try await Admin.with(database) { wiring, context throws(Failure) in
                let done = try await wiring.issuePasswordReset.execute(input, as: .commandLine(context.core))
                return (done, context.settings.sso.publicURL)
            }
            print("a token for \(done.user.id) \(done.user.email.text), good once and until \(done.expiresAt):")
            print(
                """
                POST \(publicURL ?? "")/api/v1/users/password-reset/confirm
                {"token": "\(done.token.revealedText())", "new_password": "…"}
                """)
        }

        private func input() throws -> IssuePasswordReset.Input {
            do {
                return IssuePasswordReset.Input(
                    email: try EmailAddress(email),
                    tenant: try tenant.map { text throws(Violation) in try TenantSlug(text) })
            } catch {
                throw ValidationError(error.detail)
            }
        }
    }
}
