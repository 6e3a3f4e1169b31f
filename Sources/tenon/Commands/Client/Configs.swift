internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

/// `tenon config …`
struct Configs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Configuration at a server.",
        subcommands: [
            Get.self, SetConfig.self, Unset.self, List.self, History.self, RollBack.self, Restore.self, Diff.self,
            Import.self, Export.self, Watch.self,
        ])

    struct Get: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the value of a key.",
            discussion: "Text is printed as it is, anything else as JSON. A secret that may not be read is exit code 4."
        )

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String
        @Option(help: "An older version by its number.") var version: Int?
        @Option(help: "As it was after a revision, or at a time (RFC 3339).") var asOf: String?
        @Flag(help: "Put in place of ${config:…} what it refers to.") var resolve = false
        @Flag(help: "Print ******** for a secret.") var noReveal = false

        func run(_ session: ClientSession) async throws(Failure) {
            let request = APIRequest(.get, "namespaces", try await namespace.id(at: session), "configs", key)
                .parameter("version", version.map { String($0) }).parameter("as_of", asOf)
                .parameter("resolve", if: resolve).parameter("reveal", noReveal ? "false" : "true")
            let entry = try await session.api.send(request).json()
            // A script must not take the mask for the value.
            if !session.isJSON, !noReveal, entry["masked"]?.boolValue == true {
                throw Failure(.permissionDenied, "\(key) is a secret that this account may not read.")
            }
            session.answer(entry) { session.output.line(ConfigText.value(of: entry)) }
        }
    }

    struct Unset: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Take a key away; `config restore` brings it back.")

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
        @Option(help: "Only keys that begin with this.") var prefix: String?
        @Option(help: "Only entries with this tag.") var tag: String?
        @Option(help: "Only keys that hold this, in upper or lower case.") var search: String?
        @Option(help: "As they were after a revision, or at a time (RFC 3339).") var asOf: String?
        @Flag(name: [.customShort("l"), .long], help: "Versions, times, tags and descriptions, too.") var long = false

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

/// What changes of one key understand.
struct ChangeOptions: ParsableArguments {
    @Option(help: "Why, for the history.") var comment: String?
    @Option(help: "Only if the key is at this version.") var ifVersion: Int?

    /// The entity tag that stands for the version.
    var ifMatch: String? { ifVersion.map { "\"\($0)\"" } }
}
