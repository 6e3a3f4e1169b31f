internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

/// `tenon namespace ls | create | delete`
struct Namespaces: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespace", abstract: "List, create and delete namespaces.",
        subcommands: [List.self, Create.self, Delete.self])

    struct List: ClientCommand {
        static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the namespaces.")

        @OptionGroup var client: ClientOptions

        func run(_ session: ClientSession) async throws(Failure) {
            let items = try await session.api.items(APIRequest(.get, "namespaces"))
            session.answer(["items": .array(items), "next_cursor": .null]) {
                session.output.table(
                    ["NAME", "ID", "REVISION", "DESCRIPTION"],
                    items.map { item in
                        ["name", "id", "revision", "description"].map { ConfigText.member($0, of: item) }
                    })
            }
        }
    }

    struct Create: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Create a namespace.")

        @OptionGroup var client: ClientOptions
        @Argument(help: "The name: a-z, 0-9 and -.") var name: String
        @Option(help: "The purpose of the namespace.") var description: String?
        @Flag(help: "Refuse changes that do not name the version they replace.") var requireIfMatch = false

        func run(_ session: ClientSession) async throws(Failure) {
            var members = JSONObject()
            members["name"] = .string(name)
            members["description"] = description.map { .string($0) }
            members["require_if_match"] = requireIfMatch ? true : nil
            let made = try await session.api.send(
                APIRequest(.post, "namespaces").body(.object(members))
            ).json()
            session.answer(made) { session.output.line("created \(name)") }
        }
    }

    struct Delete: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a namespace permanently.")

        @OptionGroup var client: ClientOptions
        @Argument(help: "The namespace's name or id.", completion: .custom(Completions.namespaces)) var name: String
        @Flag(help: "Also delete its entries and their histories.") var force = false

        func run(_ session: ClientSession) async throws(Failure) {
            let id = try await session.api.namespaceID(name)
            _ = try await session.api.send(APIRequest(.delete, "namespaces", id).parameter("force", if: force))
            session.answer(["deleted": .string(id)]) { session.output.line("deleted \(name)") }
        }
    }
}
