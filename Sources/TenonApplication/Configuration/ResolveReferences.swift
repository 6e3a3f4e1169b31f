internal import TenonDomain

/// Puts in place of a value's references what they stand for.
struct ResolveReferences {
    /// References in one value.
    static let maxReferences = 100
    /// How many references lead to one another.
    private static let maxDepth = 16
    /// Bytes that the whole may have.
    private static let maxBytes = 1 << 20

    /// References that one request follows.
    private static let maxFollowed = 1000

    /// A value with everything put in.
    struct Resolution {
        let value: JSONValue
        /// What is written to the audit log where the value is shown: the secrets in it.
        let reveals: [DomainEvent]
    }

    private let resolvers: [String: any ReferenceResolver]
    private let kinds: Set<String>
    private let caller: Caller
    /// Nil where no secret is to be shown.
    private let sight: PermissionCheck?
    private var known: [Place: Resolution?] = [:]
    private var followed = 0

    private struct Place: Hashable {
        let namespace: NamespaceID
        let reference: Reference
    }

    /// For the values of one request.
    init(_ resolvers: [any ReferenceResolver], for caller: Caller, sight: PermissionCheck?) {
        self.resolvers = Dictionary(uniqueKeysWithValues: resolvers.map { ($0.kind, $0) })
        kinds = Set(self.resolvers.keys)
        self.caller = caller
        self.sight = sight
    }

    /// Nil where the value refers to a secret that is not to be shown; later references are not read then. Within JSON a
    /// string that is one reference becomes what it stands for, with its type; everywhere else that is put in as text.
    /// Fails with `referenceUnresolved`.
    mutating func resolve(
        _ value: JSONValue, as type: ConfigValueType, from namespace: Namespace
    ) async throws(Failure) -> Resolution? {
        var filling = Filling()
        let resolved = try await fill(value, isTyped: type == .json, from: namespace, depth: 0, &filling)
        return resolved.map { Resolution(value: $0, reveals: filling.reveals) }
    }

    /// What goes into one value.
    private struct Filling {
        var reveals: [DomainEvent] = []
        var bytes = 0
    }

    private mutating func fill(
        _ value: JSONValue, isTyped: Bool, from namespace: Namespace, depth: Int, _ filling: inout Filling
    ) async throws(Failure) -> JSONValue? {
        switch value {
        case .null, .bool, .number: return value
        case .string(let text):
            let template = ReferenceTemplate(text, kinds: kinds)
            if isTyped, let only = template.only {
                return try await follow(only, from: namespace, depth: depth, &filling)
            }
            return try await fill(template, from: namespace, depth: depth, &filling).map { .string($0) }
        case .array(let items):
            var filled: [JSONValue] = []
            for item in items {
                guard
                    let item = try await fill(item, isTyped: isTyped, from: namespace, depth: depth, &filling)
                else { return nil }
                filled.append(item)
            }
            return .array(filled)
        case .object(let members):
            var filled = members
            for (name, member) in members {
                guard
                    let member = try await fill(member, isTyped: isTyped, from: namespace, depth: depth, &filling)
                else { return nil }
                filled[name] = member
            }
            return .object(filled)
        }
    }

    private mutating func fill(
        _ template: ReferenceTemplate, from namespace: Namespace, depth: Int, _ filling: inout Filling
    ) async throws(Failure) -> String? {
        var text = ""
        for part in template.parts {
            switch part {
            case .text(let literal): text += literal
            case .reference(let reference):
                guard let value = try await follow(reference, from: namespace, depth: depth, &filling) else {
                    return nil
                }
                text += value.stringValue ?? value.description
            }
        }
        return text
    }

    private mutating func follow(
        _ reference: Reference, from namespace: Namespace, depth: Int, _ filling: inout Filling
    ) async throws(Failure) -> JSONValue? {
        guard let found = try await target(of: reference, from: namespace, depth: depth) else { return nil }
        filling.reveals += found.reveals
        // What is put in many times grows quickly.
        filling.bytes += found.value.stringValue?.utf8.count ?? found.value.encoded().count
        guard filling.bytes <= Self.maxBytes else {
            throw Failure(
                .referenceUnresolved, "Put together the value has more than \(Self.maxBytes) bytes.")
        }
        return found.value
    }

    /// What a reference stands for, with its own references put in.
    private mutating func target(
        of reference: Reference, from namespace: Namespace, depth: Int
    ) async throws(Failure) -> Resolution? {
        let place = Place(namespace: namespace.id, reference: reference)
        if let known = known[place] { return known }
        followed += 1
        guard depth < Self.maxDepth, followed <= Self.maxFollowed, let resolver = resolvers[reference.kind]
        else {
            throw Failure(
                .referenceUnresolved,
                "References lead to one another more than \(Self.maxDepth) times, or there are too many of them.")
        }
        let found = try await resolver.resolve(reference.target, from: namespace, as: caller)
        if let secret = found.secret, sight?.passes(secret) != true {
            known[place] = .some(nil)
            return nil
        }
        var filling = Filling()
        filling.reveals = found.reveal.map { [$0] } ?? []
        var value: JSONValue? = found.value
        if let next = found.namespace {
            value = try await fill(
                found.value, isTyped: found.value.stringValue == nil, from: next, depth: depth + 1, &filling)
        }
        let resolution = value.map { Resolution(value: $0, reveals: filling.reveals) }
        known[place] = .some(resolution)
        return resolution
    }
}
