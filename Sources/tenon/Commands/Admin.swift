internal import ArgumentParser
internal import Glibc
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonPostgres

/// `tenon admin create`
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Administrators of the platform.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a platform administrator.",
            discussion: "The password is asked for, or read from standard input where that is no terminal.")

        @Option(help: "The administrator's e-mail address.") var email: String
        @Option(help: "The administrator's name.") var name: String?

        func run() async throws {
            let settings = try Settings.load()
            let core = Core(settings)
            let keks = try EncryptionKeys.load(settings, inMemory: false, randomness: core.randomness) { _ in }
            let input = try input()
            let user = try await CommandDatabase.use(settings) { database throws(Failure) in
                try await create(input, database, settings, keks, core)
            }
            print("made \(user.id) \(user.email.text)")
        }

        private func create(
            _ input: CreateAdministrator.Input, _ database: PostgresDatabase, _ settings: Settings,
            _ keks: KeyEncryptionKeys, _ core: Core
        ) async throws(Failure) -> User {
            let wiring = try await ServiceWiring(
                settings, storage: .postgres(database, nil), keks: keks, life: ServiceLife(), core)
            defer { wiring.hasher.shutdown() }
            return try await wiring.createAdministrator.execute(input, as: .commandLine(core))
        }

        private func input() throws -> CreateAdministrator.Input {
            do {
                return CreateAdministrator.Input(
                    email: try EmailAddress(email),
                    fullName: try name.map { text throws(Violation) in try DisplayName(text) },
                    password: Secret(password().utf8))
            } catch {
                throw ValidationError(error.detail)
            }
        }

        /// Not shown while it is typed.
        private func password() -> String {
            guard isatty(0) == 1, let typed = getpass("Password: ") else { return readLine() ?? "" }
            return String(cString: typed)
        }
    }
}
