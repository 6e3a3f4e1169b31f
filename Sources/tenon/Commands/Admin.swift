internal import ArgumentParser
internal import TenonApplication
internal import TenonDomain
internal import TenonKit
internal import TenonPostgres
internal import TenonService

/// `tenon admin create | reset-password`
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create platform administrators and reset passwords.",
        subcommands: [Create.self, ResetPassword.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a platform administrator.",
            discussion: "Asks for the password, or reads it from standard input if that is not a terminal.")

        @OptionGroup var database: DatabaseOptions
        @Option(help: "The administrator's e-mail address.") var email: String
        @Option(help: "The administrator's name.") var name: String?

        func run() async throws {
            let input = try input()
            let user = try await CommandDatabase.withTenon(database) { context throws(Failure) in
                try await context.tenon.createAdministrator.execute(input, as: context.caller)
            }
            print("created \(user.id) \(user.email.text)")
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
            commandName: "reset-password", abstract: "Print a one-time token to choose a new password.",
            discussion: "The token gives access to the account: send it over a private channel.")

        @OptionGroup var database: DatabaseOptions
        @Option(help: "The account's e-mail address.") var email: String
        @Option(help: "The slug of its tenant, if several tenants have the address.") var tenant: String?

        func run() async throws {
            let input = try input()
            let (done, publicURL) = try await CommandDatabase.withTenon(database) { context throws(Failure) in
                let done = try await context.tenon.issuePasswordReset.execute(input, as: context.caller)
                return (done, context.settings.options.publicURL)
            }
            print("one-time token for \(done.user.id) \(done.user.email.text), valid until \(done.expiresAt):")
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
