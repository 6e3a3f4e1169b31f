internal import ArgumentParser
internal import TenonApplication
internal import TenonDomain
internal import TenonKit
internal import TenonService

/// `tenon keys status | rotate-kek | rotate-dek TENANT | shred TENANT | rotate-signing`
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show, rotate and destroy keys, without stopping the service.",
        subcommands: [Status.self, RotateKEK.self, RotateDEK.self, Shred.self, RotateSigning.self])

    /// Lends the use cases on the database of the settings.
    private static func with<Value: Sendable>(
        _ options: DatabaseOptions, grace: Duration = RotateDataKey.standardGrace,
        _ body: (KeyUseCases, CommandContext) async throws(Failure) -> Value
    ) async throws -> Value {
        try await CommandDatabase.withTenon(options) { context throws(Failure) in
            try await body(KeyUseCases(context.tenon.parts, grace: grace), context)
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show all keys and the remaining rotation steps.")

        @OptionGroup var database: DatabaseOptions
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let status = try await Keys.with(database) { keys, context throws(Failure) in
                try await keys.status.execute(as: context.caller)
            }
            print(json ? status.json.pretty() : status.text)
        }
    }

    struct RotateKEK: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-kek", abstract: "Wrap every key with the newest key encryption key.",
            discussion: "Configure the newest key in every process of the service first.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let meter = ProgressMeter("data keys")
            let done = try await Keys.with(database) { keys, context throws(Failure) in
                defer { meter.end() }
                return try await keys.rotateKEK.execute(as: context.caller, progress: meter.show)
            }
            let name = EncryptionKeys.name(done.version)
            print("wrapped \(done.dataKeys) data keys and \(done.signingKeys) token-signing keys again")
            print("every key is wrapped with \(name)")
            for version in done.unneeded { print("\(EncryptionKeys.name(version)) is no longer needed: remove it") }
        }
    }

    struct RotateDEK: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-dek", abstract: "Create a new data key for a tenant and encrypt its values again.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The tenant's slug or id.") var tenant: String
        @Option(
            help: "Minimum seconds to keep older keys, for processes that still write with them: 10 to 86400.")
        var grace = Int(RotateDataKey.standardGrace.components.seconds)

        func validate() throws {
            guard (10...86_400).contains(grace) else {
                throw ValidationError("--grace must be 10 to 86400 seconds, got \(grace).")
            }
        }

        func run() async throws {
            let meter = ProgressMeter("values")
            let name = tenant
            let done = try await Keys.with(database, grace: .seconds(grace)) { keys, context throws(Failure) in
                defer { meter.end() }
                return try await keys.rotateDEK.execute(
                    try await OperatorTenants(context.tenon).id(of: name), as: context.caller, pause: meter.wait,
                    progress: meter.show)
            }
            print("encrypted \(done.resealed) values again with version \(done.version)")
            if !done.removed.isEmpty { print("removed \(versions(done.removed))") }
            guard !done.remaining.isEmpty else { return }
            print("kept \(versions(done.remaining)): some values still need it")
            if done.unreadable > 0 { print("\(done.unreadable) values cannot be decrypted: their rows were changed") }
            throw ExitCode.failure
        }

        private func versions(_ versions: [Int32]) -> String {
            "version" + (versions.count == 1 ? " " : "s ") + versions.map(String.init).joined(separator: ", ")
        }
    }

    struct Shred: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroy a tenant's data keys, so that its values can never be decrypted.",
            discussion:
                "Prints a signed receipt. Backups of the database still contain the wrapped keys: see docs/keys.md.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The tenant's slug or id.") var tenant: String
        @Option(help: "The tenant's slug, to confirm.") var yesDestroy: String

        func run() async throws {
            let (name, confirmation) = (tenant, yesDestroy)
            let done = try await Keys.with(database) { keys, context throws(Failure) in
                let tenant = try await OperatorTenants(context.tenon).tenant(name)
                guard tenant.slug.text == confirmation else {
                    throw .invalid(
                        "not_confirmed", "Nothing was destroyed: --yes-destroy must be the tenant's slug.")
                }
                return try await keys.shred.execute(tenant, as: context.caller)
            }
            print((["receipt": done.receipt, "signed": .string(done.signed)] as JSONValue).pretty())
        }
    }

    struct RotateSigning: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-signing", abstract: "Take the next due step in rotating the token-signing keys.",
            discussion: "Run it again at the time that it prints, until the rotation is complete.")

        @OptionGroup var database: DatabaseOptions
        @Option(help: "Start a rotation only if the active key has signed for at least this many days.")
        var minimumAgeDays = 0
        @Flag(help: "Replace all keys at once after a leak. Revokes every access token.")
        var now = false

        func validate() throws {
            guard (0...36_500).contains(minimumAgeDays) else {
                throw ValidationError("--minimum-age-days must be 0 to 36500, got \(minimumAgeDays).")
            }
            guard !now || minimumAgeDays == 0 else {
                throw ValidationError("--now cannot be combined with --minimum-age-days.")
            }
        }

        func run() async throws {
            let minimumAge = Duration.seconds(86_400 * minimumAgeDays)
            let atOnce = now
            let done = try await Keys.with(database) { keys, context throws(Failure) in
                atOnce
                    ? try await keys.rotateSigning.replaceAll(as: context.caller)
                    : try await keys.rotateSigning.execute(minimumAge: minimumAge, as: context.caller)
            }
            for step in done.steps { print(text(of: step)) }
            print(done.next.map { "run it again at \($0)" } ?? "no rotation is in progress")
        }

        private func text(of step: SigningKeyStep) -> String {
            switch step {
            case .publish(let key): "published \(key.keyID)"
            case .activate(let pending, let retiring): "\(pending) signs now, \(retiring) retires"
            case .remove(let keyID): "removed \(keyID)"
            }
        }
    }
}
