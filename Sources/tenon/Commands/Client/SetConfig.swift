internal import ArgumentParser
internal import TenonClient
internal import TenonDomain
internal import TenonKit

extension Configs {
    /// `tenon config set`
    struct SetConfig: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Store a value.",
            discussion: """
                What no option names stays as it is, the type among it; a new key is a string. VALUE may be @FILE (@@ is \
                one @ of text). Give secrets by --stdin or @FILE, so that they stand neither in the list of processes nor \
                in the shell's history. One end of line at the end of what is read, LF or CR LF, is left out. A VALUE that \
                begins with - stands after --.
                """)

        @OptionGroup var client: ClientOptions
        @OptionGroup var namespace: NamespaceOptions
        @OptionGroup var change: ChangeOptions
        @Argument(help: "The key.", completion: .custom(Completions.keys)) var key: String
        @Argument(help: "The value, or @FILE.") var value: String?
        @Flag(help: "Read the value from standard input.") var stdin = false
        @Option(
            help: "string, number, boolean, select or json.",
            completion: .list(["string", "number", "boolean", "select", "json"]))
        var type: String?
        @Flag(inversion: .prefixedNo, help: "Whether the value is a secret.") var secret: Bool?
        @Option(help: "What it is for.") var description: String?
        @Option(help: "A tag, in place of those that stand; may be repeated.") var tag: [String] = []
        @Option(help: "The rules of the value as JSON, or @FILE; null takes them away.") var schema: String?

        func validate() throws {
            guard (value != nil) != stdin else { throw ValidationError("Give either VALUE or --stdin.") }
        }

        func run(_ session: ClientSession) async throws(Failure) {
            // Under an address that can be no key's the server only knows that there is nothing.
            do { _ = try ConfigKey(key) } catch { throw .invalid([error.nested(under: "/key")]) }
            let text = try stdin ? InputFile.standardInputText() : InputFile.text(value ?? "", named: "VALUE")
            let rules = try schema.map { text throws(Failure) in
                try TypedText.json(InputFile.text(text, named: "--schema"), named: "--schema")
            }
            let id = try await namespace.id(at: session)
            // Somebody else's change in between is no reason to fail, unless a version was named.
            for attempt in 1... {
                do throws(Failure) {
                    return try await store(text, rules, in: id, session)
                } catch {
                    guard error.code.kind == .stale, change.ifVersion == nil, attempt < 3 else { throw error }
                }
            }
        }

        private func store(
            _ text: String, _ rules: JSONValue?, in id: String, _ session: ClientSession
        ) async throws(Failure) {
            let old = try await standing(in: id, session)
            let body = try body(text, rules, over: old)
            let version = change.ifVersion.map(Int64.init) ?? old?["version"]?.numberValue?.int64 ?? 0
            let request = APIRequest(.put, "namespaces", id, "configs", key).body(.object(body))
                .field("If-None-Match", version == 0 ? "*" : nil)
                .field("If-Match", version == 0 ? nil : "\"\(version)\"")
            let new = try await session.api.send(request).json()
            session.answer(new) {
                let isSame = old != nil && old?["version"] == new["version"]
                session.output.line(
                    "\(key) is \(isSame ? "unchanged" : "stored") at version \(ConfigText.member("version", of: new))")
            }
        }

        private func standing(in id: String, _ session: ClientSession) async throws(Failure) -> JSONValue? {
            do throws(Failure) {
                return try await session.api.send(
                    APIRequest(.get, "namespaces", id, "configs", key).parameter("reveal", "false")
                ).json()
            } catch {
                guard error.code.slug == FailureCode.configNotFound.slug else { throw error }
                return nil
            }
        }

        /// The whole entry: a merge patch would merge into a JSON value that is to be replaced.
        private func body(_ text: String, _ rules: JSONValue?, over old: JSONValue?) throws(Failure) -> JSONObject {
            let oldType = old?["value_type"]?.stringValue
            let type = self.type ?? oldType ?? "string"
            var members = JSONObject()
            members["value"] = try TypedText.value(text, as: type)
            members["value_type"] = .string(type)
            // The rules of one type say nothing of another.
            members["validation_schema"] = rules ?? (type == oldType ? old?["validation_schema"] : nil)
            members["description"] = description.map { .string($0) } ?? old?["description"]
            members["is_secret"] = secret.map { .bool($0) }
            members["tags"] = tag.isEmpty ? old?["tags"] : .array(tag.map { .string($0) })
            members["comment"] = change.comment.map { .string($0) }
            members.removeAll { $0 != "value" && $1.isNull }
            return members
        }
    }
}

/// Text from a command line as a value. What it says of text that is none repeats none of it.
enum TypedText {
    static func value(_ text: String, as type: String) throws(Failure) -> JSONValue {
        switch type {
        case "number":
            guard let number = try? JSONParser.parse(text), case .number = number else {
                throw .invalid("wrong_type", "The value is not a number.")
            }
            return number
        case "boolean":
            guard text == "true" || text == "false" else {
                throw .invalid("wrong_type", "The value is neither true nor false.")
            }
            return .bool(text == "true")
        case "json": return try json(text, named: "The value")
        default: return .string(text)
        }
    }

    static func json(_ text: String, named name: String) throws(Failure) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser.parse(text)
        } catch {
            throw .invalid("invalid_json", "\(name) is not JSON at line \(error.line), column \(error.column).")
        }
    }
}
