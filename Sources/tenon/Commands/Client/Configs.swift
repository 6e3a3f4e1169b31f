internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

/// `tenon config …`
struct Configs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Read and change configuration.",
        subcommands: [
            Get.self, SetConfig.self, Unset.self, List.self, History.self, RollBack.self, Restore.self, Diff.self,
            Import.self, Export.self, Watch.self,
        ])

    struct Get: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the value of a key.",
            discussion: "Prints text unchanged and anything else as JSON. Exits with 4 if the secret may not be read."
        )

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String
        @Option(help: "The number of an older version.") var version: Int?
        @Option(help: "The state at a revision or at a time (RFC 3339).") var asOf: String?
        @Flag(help: "Replace ${config:…} by the values of other keys.") var resolve = false
        @Flag(help: "Print ******** for a secret.") var noReveal = false

        func run(_ session: ClientSession) async throws(Failure) {
            let request = APIRequest(.get, "namespaces", try await namespace.id(at: session), "configs", key)
                .parameter("version", version.map { String($0) }).parameter("as_of", asOf)
                .parameter("resolve", if: resolve).parameter("reveal", noReveal ? "false" : "true")
            let entry = try await session.api.send(request).json()
            // A script must not use the mask as the value.
            if !session.isJSON, !noReveal, entry["masked"]?.boolValue == true {
                throw Failure(.permissionDenied, "\(key) is a secret that this account may not read.")
            }
            session.answer(entry) { session.output.line(ConfigText.value(of: entry)) }
        }
    }

    struct Unset: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a key; `config restore` restores it.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @OptionGroup var change: ChangeOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String

        func run(_ session: ClientSession) async throws(Failure) {
            let request = APIRequest(.delete, "namespaces", try await namespace.id(at: session), "configs", key)
                .parameter("comment", change.comment).field("If-Match", change.ifMatch)
            _ = try await session.api.send(request)
            session.answer(["deleted": .string(key)]) { session.output.line("\(key) is deleted") }
        }
    }

    struct List: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List keys and values; secrets are masked.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Option(help: "Only keys with this prefix.") var prefix: String?
        @Option(help: "Only entries with this tag.") var tag: String?
        @Option(help: "Only keys that contain this text, in any case.") var search: String?
        @Option(help: "The state at a revision or at a time (RFC 3339).") var asOf: String?
        @Flag(name: [.customShort("l"), .long], help: "Also show versions, times, tags and descriptions.") var long =
            false

        func run(_ session: ClientSession) async throws(Failure) {
            let request = APIRequest(.get, "namespaces", try await namespace.id(at: session), "configs")
                .parameter("prefix", prefix).parameter("tag", tag).parameter("search", search)
                .parameter("as_of", asOf)
            let items = try await session.api.items(request)
            let more = long ? ["version", "updated_at", "updated_by", "tags", "description"] : []
            session.answer(["items": .array(items), "next_cursor": .null]) {
                session.output.table(
                    ["KEY", "TYPE"] + more.map { $0.uppercased() } + ["VALUE"],
                    items.map { item in
                        (["key", "value_type"] + more).map { ConfigText.member($0, of: item) }
                            + [ConfigText.shortened(ConfigText.value(of: item), session.output)]
                    })
            }
        }
    }
}

/// Options of commands that change one key.
struct ChangeOptions: ParsableArguments {
    @Option(help: "A comment for the history.") var comment: String?
    @Option(help: "Only if the key is at this version.") var ifVersion: Int?

    /// The entity tag of the version.
    var ifMatch: String? { ifVersion.map { "\"\($0)\"" } }
}
