internal import TenonDomain

/// Puts in place of a value's references what they stand for.
struct ResolveReferences {
    /// References in one value.
    static let maximumReferences = 100
    /// How many references lead to one another.
    private static let maximumDepth = 16
    /// Bytes that the whole may have.
    private static let maximumBytes = 1 << 20

    struct Resolution {
        var value: JSONValue
        /// Whether something in it is a secret.
        var isSecret = false
        /// What is written to the audit log where the value is shown.
        var reveals: [DomainEvent] = []
    }

    private let resolvers: [String: any ReferenceResolver]
    private let kinds: Set<String>

    init(_ resolvers: [any ReferenceResolver]) {
        self.resolvers = Dictionary(uniqueKeysWithValues: resolvers.map { ($0.kind, $0) })
        kinds = Set(self.resolvers.keys)
    }

    /// Fails with `referenceUnresolved`. Within JSON a string that is one reference becomes what it stands for, with its
    /// type; everywhere else that is put in as text.
    func resolve(
        _ value: JSONValue, as type: ConfigValueType, from namespace: Namespace, for caller: Caller
    ) async throws(Failure) -> Resolution {
        var run = Run(resolvers: resolvers, kinds: kinds, caller: caller)
        let resolved = try await run.resolve(value, isTyped: type == .json, from: namespace, depth: 0)
        return Resolution(value: resolved, isSecret: run.isSecret, reveals: run.reveals)
    }

    /// One resolution with what it has found so far.
    private struct Run {
        let resolvers: [String: any ReferenceResolver]
        let kinds: Set<String>
        let caller: Caller
        var isSecret = false
        var reveals: [DomainEvent] = []
        private var known: [Place: JSONValue] = [:]
        private var bytes = 0

        private struct Place: Hashable {
            let namespace: NamespaceID
            let reference: Reference
        }

        init(resolvers: [String: any ReferenceResolver], kinds: Set<String>, caller: Caller) {
            self.resolvers = resolvers
            self.kinds = kinds
            self.caller = caller
        }

        mutating func resolve(
            _ value: JSONValue, isTyped: Bool, from namespace: Namespace, depth: Int
        ) async throws(Failure) -> JSONValue {
            switch value {
            case .null, .bool, .number: return value
            case .string(let text):
                let template = ReferenceTemplate(text, kinds: kinds)
                if isTyped, let only = template.only { return try await follow(only, from: namespace, depth: depth) }
                return .string(try await fill(template, from: namespace, depth: depth))
            case .array(let items):
                var resolved: [JSONValue] = []
                for item in items {
                    resolved.append(try await resolve(item, isTyped: isTyped, from: namespace, depth: depth))
                }
                return .array(resolved)
            case .object(let members):
                var resolved = members
                for (name, member) in members {
                    resolved[name] = try await resolve(member, isTyped: isTyped, from: namespace, depth: depth)
                }
                return .object(resolved)
            }
        }

        private mutating func fill(
            _ template: ReferenceTemplate, from namespace: Namespace, depth: Int
        ) async throws(Failure) -> String {
            var text = ""
            for part in template.parts {
                switch part {
                case .text(let literal): text += literal
                case .reference(let reference):
                    let value = try await follow(reference, from: namespace, depth: depth)
                    text += value.stringValue ?? value.description
                    guard text.utf8.count <= ResolveReferences.maximumBytes else { throw Self.tooLarge }
                }
            }
            return text
        }

        private mutating func follow(
            _ reference: Reference, from namespace: Namespace, depth: Int
        ) async throws(Failure) -> JSONValue {
            guard depth < ResolveReferences.maximumDepth, let resolver = resolvers[reference.kind] else {
                throw Failure(
                    .referenceUnresolved,
                    "References lead to one another more than \(ResolveReferences.maximumDepth) times.")
            }
            let place = Place(namespace: namespace.id, reference: reference)
            if let value = known[place] { return try counted(value) }
            let found = try await resolver.resolve(reference.target, from: namespace, as: caller)
            isSecret = isSecret || found.isSecret
            if let reveal = found.reveal { reveals.append(reveal) }
            var value = found.value
            if let next = found.namespace {
                value = try await resolve(
                    value, isTyped: value.stringValue == nil, from: next, depth: depth + 1)
            }
            known[place] = value
            return try counted(value)
        }

        /// What is put in many times grows quickly.
        private mutating func counted(_ value: JSONValue) throws(Failure) -> JSONValue {
            bytes += value.stringValue?.utf8.count ?? value.encoded().count
            guard bytes <= ResolveReferences.maximumBytes else { throw Self.tooLarge }
            return value
        }

        private static let tooLarge = Failure(
            .referenceUnresolved,
            "Put together the value has more than \(ResolveReferences.maximumBytes) bytes.")
    }
}
