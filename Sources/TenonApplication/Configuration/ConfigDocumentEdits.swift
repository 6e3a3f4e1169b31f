internal import TenonDomain
internal import TenonKit

extension ConfigEdit {
    /// The edit of a document's item. Violations point from the item. Also fails like the budget.
    init(_ item: ConfigDocumentItem, charging budget: RequestBudget) throws(Failure) {
        let key: ConfigKey
        do {
            key = try ConfigKey(item.key)
        } catch {
            throw .invalid([error])
        }
        switch item.content {
        case .value(let value): self.init(key, .assign(value))
        case .text(let text): self.init(key, .assignText(text))
        case .entry(let members): self.init(key, try EntryMembers(members).kind(charging: budget))
        }
    }
}

/// The members of an entry in a document's full form.
private struct EntryMembers {
    private let members: JSONObject

    init(_ members: JSONObject) throws(Failure) {
        self.members = members
        let known = [
            "key", "value", "masked", "value_type", "validation_schema", "description", "is_secret", "tags",
        ]
        let unknown = members.filter { !known.contains($0.name) }
        guard unknown.isEmpty else {
            throw .invalid(
                unknown.map {
                    Violation(
                        pointer: Violation.pointer(to: $0.name), code: "unknown_field",
                        detail: "unknown member of an entry")
                })
        }
    }

    /// A masked entry keeps the current value.
    func kind(charging budget: RequestBudget) throws(Failure) -> ConfigEdit.Kind {
        let isMasked = try flag("masked") ?? false
        guard !isMasked || members["value"] == nil else {
            throw .invalid("unexpected", "a masked entry must not have a value", at: "/value")
        }
        guard let type = try value("value_type", as: { ConfigValueType(rawValue: $0) }) else {
            guard let value = members["value"], members.count == 2 else { throw missing("value_type") }
            return .assign(value)
        }
        let isSecret = try flag("is_secret")
        let properties = try ConfigProperties(
            valueType: type, rules: members["validation_schema"],
            description: try value("description") { text throws(Violation) in try Description(text) },
            isSecret: isSecret ?? false, tags: try tags(), charging: budget)
        if isMasked { return .describe(properties, keepsSecret: isSecret == nil) }
        guard let value = members["value"] else { throw missing("value") }
        return .put(try ConfigDraft(value: value, properties, keepsSecret: isSecret == nil, charging: budget))
    }

    private func missing(_ name: String) -> Failure {
        .invalid("missing", "required", at: Violation.pointer(to: name))
    }

    private func wrong(_ name: String, _ expected: String) -> Failure {
        .invalid("wrong_type", "must be \(expected)", at: Violation.pointer(to: name))
    }

    private func flag(_ name: String) throws(Failure) -> Bool? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let flag = value.boolValue else { throw wrong(name, "true or false") }
        return flag
    }

    private func value<Value, E: Error>(
        _ name: String, as parse: (String) throws(E) -> Value?
    ) throws(Failure) -> Value? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw wrong(name, "a string") }
        do {
            if let parsed = try parse(text) { return parsed }
        } catch let violation as Violation {
            throw .invalid([violation.nested(under: Violation.pointer(to: name))])
        } catch {}
        throw .invalid("not_an_option", "must be one of the allowed values", at: Violation.pointer(to: name))
    }

    private func tags() throws(Failure) -> ConfigTags {
        guard let value = members["tags"], !value.isNull else { return .none }
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else { throw wrong("tags", "an array of strings") }
        do {
            return try ConfigTags(texts)
        } catch {
            throw .invalid(error.violations.map { $0.nested(under: "/tags") })
        }
    }
}
