internal import TenonDomain
internal import TenonKit

/// Replaces a value's references by their targets' values. Work and memory are charged to the caller's budget.
struct ResolveReferences {
    /// The maximum number of references in one value.
    static let maxReferences = 100
    /// The maximum bytes of the result.
    private static let maxBytes = 1 << 20
    /// The maximum number of references that one page of values follows.
    private static let maxFollowed = 1000
    /// The approximate cost of reading and opening an entry.
    private static let stepsOfReading = 5_000

    private let resolvers: [String: any ReferenceResolver]
    private let kinds: Set<String>
    private let caller: Caller
    /// Nil if no secret may be shown.
    private let sight: PermissionCheck?
    private var known: [Place: Target] = [:]
    private var followed = 0
    private var shown: Set<Place> = []
    /// The audit events for secrets in the resolved values, each location once, even if several paths lead to it.
    private(set) var reveals: [DomainEvent] = []

    private struct Place: Hashable {
        let namespace: NamespaceID
        let reference: Reference
    }

    private struct Target {
        /// Nil if it is, or refers to, a secret that may not be shown.
        let value: JSONValue?
        var reveal: DomainEvent?
        /// The targets of its own references.
        var next: Set<Place> = []
    }

    /// The resolution of one value.
    private struct Filling {
        var places: Set<Place> = []
        var bytes = 0
    }

    /// For the values of one page.
    init(_ resolvers: [any ReferenceResolver], for caller: Caller, sight: PermissionCheck?) {
        self.resolvers = Dictionary(uniqueKeysWithValues: resolvers.map { ($0.kind, $0) })
        kinds = Set(self.resolvers.keys)
        self.caller = caller
        self.sight = sight
    }

    /// Nil if the value refers to a secret that may not be shown; later references are not read then. Within JSON a
    /// string that is a single reference becomes the target's value with its type; elsewhere it is inserted as text.
    /// Fails with `referenceUnresolved`, and like the caller's budget.
    mutating func resolve(
        _ value: JSONValue, as type: ConfigValueType, from namespace: Namespace
    ) async throws(Failure) -> JSONValue? {
        var filling = Filling()
        let resolved = try await fill(value, isTyped: type == .json, from: namespace, depth: 0, &filling)
        if resolved != nil { show(filling.places) }
        return resolved
    }

    private mutating func show(_ places: Set<Place>) {
        var waiting = Array(places)
        while let place = waiting.popLast() {
            guard shown.insert(place).inserted, let target = known[place] else { continue }
            if let reveal = target.reveal { reveals.append(reveal) }
            waiting += target.next.subtracting(shown)
        }
    }

    private mutating func fill(
        _ value: JSONValue, isTyped: Bool, from namespace: Namespace, depth: Int, _ filling: inout Filling
    ) async throws(Failure) -> JSONValue? {
        try caller.budget.spend(1)
        switch value {
        case .null, .bool, .number: return value
        case .string(let text):
            try caller.budget.spend(text.utf8.count)
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
        let place = Place(namespace: namespace.id, reference: reference)
        guard let value = try await target(at: place, from: namespace, depth: depth).value else { return nil }
        filling.places.insert(place)
        // Repeated targets grow the value quickly.
        let bytes = value.approximateLength
        filling.bytes += bytes
        guard filling.bytes <= Self.maxBytes else {
            throw Failure(
                .referenceUnresolved, "The resolved value must have at most \(Self.maxBytes) bytes.")
        }
        try caller.budget.spend(bytes / 16)
        try caller.budget.hold(bytes)
        return value
    }

    /// The target of a reference, with its own references resolved.
    private mutating func target(at place: Place, from namespace: Namespace, depth: Int) async throws(Failure) -> Target
    {
        if let known = known[place] { return known }
        followed += 1
        guard depth < ReferenceGraph.maxDepth, followed <= Self.maxFollowed,
            let resolver = resolvers[place.reference.kind]
        else {
            throw Failure(
                .referenceUnresolved,
                "A chain has more than \(ReferenceGraph.maxDepth) references, or there are too many of them."
            )
        }
        try caller.budget.spend(Self.stepsOfReading)
        let found = try await resolver.resolve(place.reference.target, from: namespace, as: caller)
        var target = Target(value: found.value, reveal: found.reveal)
        if let secret = found.secret, try sight?.passes(secret) != true {
            target = Target(value: nil)
        } else if let next = found.namespace {
            var filling = Filling()
            let value = try await fill(
                found.value, isTyped: found.value.stringValue == nil, from: next, depth: depth + 1, &filling)
            target = Target(value: value, reveal: found.reveal, next: filling.places)
        }
        known[place] = target
        return target
    }
}
