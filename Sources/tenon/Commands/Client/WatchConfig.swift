internal import ArgumentParser
internal import Glibc
internal import TenonClient
internal import TenonDomain
internal import TenonKit

extension Configs {
    /// `tenon config watch`
    struct Watch: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print changes as they happen, until interrupted.",
            discussion:
                "Reconnects automatically. With --json every change is one line (NDJSON). SIGINT exits with 130.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions

        func run(_ session: ClientSession) async throws(Failure) {
            // Every line is flushed at once, so nothing is left to do.
            _ = signal(SIGINT) { _ in _exit(128 + SIGINT) }
            let watch = ChangeWatch(session.api, namespaceID: try await namespace.id(at: session))
            try await watch.run { event throws(Failure) in
                switch event {
                case .change(let entry):
                    session.output.line(session.isJSON ? entry.description : text(entry, session.output))
                case .reset(let revision):
                    let entry = JSONValue.members(["change": "reset", "revision": .integer(revision)])
                    session.output.line(
                        session.isJSON ? entry.description : "The namespace was restored from a backup: read it again.")
                }
            }
        }

        private func text(_ entry: JSONValue, _ output: Output) -> String {
            let change = ConfigText.member("change", of: entry)
            let colour: Output.Colour = change == "deleted" ? .red : change == "created" ? .green : .yellow
            let value = change == "deleted" ? "" : " = \(ConfigText.shortened(ConfigText.value(of: entry), output))"
            let entryText = Output.printable(ConfigText.member("key", of: entry) + value)
            return [
                ConfigText.member("updated_at", of: entry), output.coloured(Output.printable(change), colour),
                entryText,
                "(version \(ConfigText.member("version", of: entry)))",
            ].joined(separator: " ")
        }
    }
}
