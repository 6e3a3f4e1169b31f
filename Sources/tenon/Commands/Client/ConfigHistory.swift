internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

extension Configs {
    struct History: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "List the versions of a key, newest first.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String

        func run(_ session: ClientSession) async throws(Failure) {
            let id = try await namespace.id(at: session)
            let items = try await session.api.items(APIRequest(.get, "namespaces", id, "configs", key, "versions"))
            session.answer(["items": .array(items), "next_cursor": .null]) {
                let members = ["version", "change", "updated_at", "updated_by", "comment"]
                session.output.table(
                    ["VERSION", "CHANGE", "AT", "BY", "COMMENT", "VALUE"],
                    items.map { item in
                        members.map { ConfigText.member($0, of: item) }
                            + [ConfigText.shortened(ConfigText.value(of: item), session.output)]
                    })
            }
        }
    }

    struct Diff: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the differences of two versions of a key.",
            discussion: "The default is the newest version and the one before it.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String
        @Option(help: "The older version; 0 means before the key existed.") var from: Int?
        @Option(help: "The newer version.") var to: Int?

        func run(_ session: ClientSession) async throws(Failure) {
            let id = try await namespace.id(at: session)
            let diff = try await session.api.send(
                APIRequest(.get, "namespaces", id, "configs", key, "diff")
                    .parameter("from", from.map { String($0) }).parameter("to", to.map { String($0) })
            ).json()
            session.answer(diff) {
                let versions = ["from", "to"].map { ConfigText.member($0, of: diff) }
                session.output.line(session.output.coloured("\(key) \(versions[0]) → \(versions[1])", .bold))
                let isMasked = diff["masked"]?.boolValue == true
                ConfigText.patch(diff["patch"] ?? [], isMasked: isMasked, session.output).forEach(session.output.line)
            }
        }
    }

    struct RollBack: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Restore the value of an older version.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @OptionGroup var change: ChangeOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String
        @Argument(help: "The version to restore.") var version: Int

        func run(_ session: ClientSession) async throws(Failure) {
            var members = JSONObject()
            members["version"] = .integer(Int64(version))
            members["comment"] = change.comment.map { .string($0) }
            let entry = try await session.api.send(
                APIRequest(.post, "namespaces", try await namespace.id(at: session), "configs", key, "rollback")
                    .body(.object(members)).field("If-Match", change.ifMatch)
            ).json()
            session.answer(entry) {
                session.output.line(
                    "\(key) is rolled back to version \(version), as version \(ConfigText.member("version", of: entry))"
                )
            }
        }
    }

    struct Restore: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Restore a deleted key.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @OptionGroup var change: ChangeOptions
        @Argument(help: "The key.") var key: String

        func run(_ session: ClientSession) async throws(Failure) {
            let entry = try await session.api.send(
                APIRequest(.post, "namespaces", try await namespace.id(at: session), "configs", key, "restore")
                    .parameter("comment", change.comment).field("If-Match", change.ifMatch)
            ).json()
            session.answer(entry) {
                session.output.line("\(key) is restored at version \(ConfigText.member("version", of: entry))")
            }
        }
    }
}
