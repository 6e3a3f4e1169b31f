public import ArgumentParser
internal import TenonClient
public import TenonDomain
internal import TenonKit

extension ConfigFormat: ExpressibleByArgument {}

extension Configs {
    struct Export: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the entries as a document.",
            discussion: "Secrets are masked unless --reveal is set.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Option(help: "json, yaml or env.") var format = ConfigFormat.json
        @Option(help: "Only keys with this prefix.") var prefix: String?
        @Option(help: "Only entries with this tag.") var tag: String?
        @Option(help: "The state at a revision or at a time (RFC 3339).") var asOf: String?
        @Flag(help: "Include the values of secrets.") var reveal = false
        @Flag(help: "Replace ${config:…} by the values of other keys.") var resolve = false

        func run(_ session: ClientSession) async throws(Failure) {
            let request = APIRequest(.get, "namespaces", try await namespace.id(at: session), "export")
                .parameter("format", format.rawValue).parameter("prefix", prefix).parameter("tag", tag)
                .parameter("as_of", asOf).parameter("reveal", if: reveal).parameter("resolve", if: resolve)
            session.output.write(try await session.api.send(request).body)
        }
    }

    struct Import: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store the entries of a document, all or none.",
            discussion: "Keys that the document does not name stay unchanged.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @Argument(
            help: "The document; - is standard input.", completion: .file(extensions: ["json", "yaml", "yml", "env"]))
        var file: String
        @Option(help: "json, yaml or env. Default: from the file's extension.") var format: ConfigFormat?
        @Option(help: "A comment for the history.") var comment: String?
        @Flag(help: "Show the changes without storing them.") var dryRun = false

        func validate() throws {
            guard chosenFormat != nil else { throw ValidationError("Pass --format: the format of \(file) is unknown.") }
        }

        private var chosenFormat: ConfigFormat? { format ?? ConfigFormat(fileName: file) }

        func run(_ session: ClientSession) async throws(Failure) {
            let document = try file == "-" ? InputFile.standardInput() : InputFile.bytes(of: file)
            let format = chosenFormat ?? .json
            let answer = try await session.api.send(
                APIRequest(.post, "namespaces", try await namespace.id(at: session), "import")
                    .parameter("format", format.rawValue).parameter("dry_run", if: dryRun)
                    .parameter("comment", comment).body(document, type: format.mediaType)
            ).json()
            session.answer(answer) {
                for result in answer["results"]?.arrayValue ?? [] {
                    lines(of: result, session.output).forEach(session.output.line)
                }
                session.output.line(summary(of: answer))
            }
            let refused = answer["summary"]?["refused"]?.numberValue?.int64 ?? 0
            if refused > 0 {
                throw .invalid("refused_entries", "Nothing was imported: the document has refused entries.")
            }
        }

        private func summary(of answer: JSONValue) -> String {
            let outcomes = ["created", "changed", "unchanged", "refused"].map { outcome in
                "\(ConfigText.member(outcome, of: answer["summary"] ?? .null)) \(outcome)"
            }
            let end = dryRun ? "nothing was stored" : "revision \(ConfigText.member("revision", of: answer))"
            return outcomes.joined(separator: ", ") + "; " + end
        }

        private func lines(of result: JSONValue, _ output: Output) -> [String] {
            let key = Output.printable(ConfigText.member("key", of: result))
            let patch = ConfigText.patch(
                result["patch"] ?? [], isMasked: result["masked"]?.boolValue == true, output)
            switch result["outcome"]?.stringValue {
            case "created": return [output.coloured("+ \(key)", .green)]
            case "changed": return [output.coloured("~ \(key)", .yellow)] + patch.map { "    " + $0 }
            case "refused":
                return (result["errors"]?.arrayValue ?? []).map { error in
                    let detail = Output.printable(ConfigText.member("detail", of: error))
                    return output.coloured("! \(key): \(detail)", .red)
                }
            default: return []
            }
        }
    }
}
