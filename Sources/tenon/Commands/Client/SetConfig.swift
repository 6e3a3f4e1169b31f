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
                Parts without an option stay unchanged, including the type; a new key is a string. VALUE can be @FILE \
                (@@ means a literal @). Pass secrets with --stdin or @FILE: arguments are visible in the process list \
                and in the shell's history. One line end (LF or CR LF) at the end of the input is removed. Put a VALUE \
                that begins with - after --.
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
        @Option(help: "The purpose of the key.") var description: String?
        @Option(help: "A tag; repeatable. Replaces the current tags.") var tag: [String] = []
        @Option(help: "The validation rules as JSON, or @FILE; null deletes them.") var schema: String?

        func validate() throws {
            guard (value != nil) != stdin else { throw ValidationError("Pass either VALUE or --stdin.") }
        }

        func run(_ session: ClientSession) async throws(Failure) {
            // For an invalid key the server would only report that the entry does not exist.
            do { _ = try ConfigKey(key) } catch { throw .invalid([error.nested(under: "/key")]) }
            let text = try stdin ? InputFile.standardInputText() : InputFile.text(value ?? "", named: "VALUE")
            let rules = try schema.map { text throws(Failure) in
                try TypedText.json(InputFile.text(text, named: "--schema"), named: "--schema")
            }
            let id = try await namespace.id(at: session)
            // A concurrent change by another client causes a retry, unless a version was named.
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

        /// Sends the whole entry, because a merge patch would merge into a JSON value that must be replaced.
        private func body(_ text: String, _ rules: JSONValue?, over old: JSONValue?) throws(Failure) -> JSONObject {
            let oldType = old?["value_type"]?.stringValue
            let type = self.type ?? oldType ?? "string"
            var members = JSONObject()
            members["value"] = try TypedText.value(text, as: type)
            members["value_type"] = .string(type)
            // Rules of one type do not apply to another type.
            members["validation_schema"] = rules ?? (type == oldType ? old?["validation_schema"] : nil)
            members["description"] = description.map { .string($0) } ?? old?["description"]
            members["is_secret"] = secret.map { .bool($0) } ?? old?["is_secret"]
            members["tags"] = tag.isEmpty ? old?["tags"] : .array(tag.map { .string($0) })
            members["comment"] = change.comment.map { .string($0) }
            members.removeAll { $0 != "value" && $1.isNull }
            return members
        }
    }
}

/// Text from a command line as a value. Errors never repeat the text, which may be a secret.
enum TypedText {
    static func value(_ text: String, as type: String) throws(Failure) -> JSONValue {
        switch type {
        case "number":
            guard let number = try? JSONParser.parse(text), case .number = number else {
                throw .invalid("wrong_type", "The value must be a number.")
            }
            return number
        case "boolean":
            guard text == "true" || text == "false" else {
                throw .invalid("wrong_type", "The value must be true or false.")
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
            throw .invalid("invalid_json", "\(name) is not valid JSON: line \(error.line), column \(error.column).")
        }
    }
}
