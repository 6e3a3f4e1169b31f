/// The subschemas of a document, and the targets of its references.
struct JSONSchemaDocument {
    /// A subschema with its location.
    struct Located {
        let json: JSONValue
        let parent: Int?
        /// The JSON Pointer from the parent.
        let step: String
        /// Of `resources`.
        var resource: Int
    }

    /// A subschema with its own identifier, with its contents up to nested ones of this kind.
    struct Resource {
        let base: URIReference
        let root: Int
        /// All anchors, including dynamic ones.
        var anchors: [ExactText: Int] = [:]
        var dynamicAnchors: DynamicAnchors = [:]
    }

    private struct Step: Hashable {
        let parent: Int
        let step: ExactText
    }

    /// How a keyword contains subschemas.
    enum Place {
        case one, list, byName
    }

    static let places: [String: Place] = [
        "not": .one, "if": .one, "then": .one, "else": .one, "additionalProperties": .one, "propertyNames": .one,
        "items": .one, "contains": .one, "unevaluatedItems": .one, "unevaluatedProperties": .one,
        "contentSchema": .one, "allOf": .list, "anyOf": .list, "oneOf": .list, "prefixItems": .list,
        "$defs": .byName, "definitions": .byName, "properties": .byName, "patternProperties": .byName,
        "dependentSchemas": .byName,
    ]

    /// Schemas that only a reference finds are checked one by one, charged to the request.
    private let budget: WorkBudget
    private(set) var located: [Located] = []
    private(set) var resources: [Resource] = []
    private var resourcesByName: [ExactText: Int] = [:]
    private var indices: [Step: Int] = [:]
    var violations: [Violation] = []

    init(budget: WorkBudget) {
        self.budget = budget
    }

    /// Adds a document: its subschemas, resources and anchors. `name` is its identifier if it has none.
    mutating func add(_ json: JSONValue, named name: String) {
        let next = located.count
        resources.append(Resource(base: URIReference(name), root: next))
        resourcesByName[ExactText(text: name)] = resources.count - 1
        located.append(Located(json: json, parent: nil, step: "", resource: resources.count - 1))
        scan(from: next)
    }

    /// Finds the subschemas within those from an index on.
    private mutating func scan(from first: Int) {
        var next = first
        while next < located.count, located.count <= JSONSchema.maxSubschemas {
            if case .object(let members) = located[next].json {
                identify(members, at: next)
                for (keyword, value) in members { locate(value, of: keyword, in: next) }
            }
            next += 1
        }
        if located.count > JSONSchema.maxSubschemas {
            refuse(0, "", "schema_too_large", "must have at most \(JSONSchema.maxSubschemas) subschemas")
        }
    }

    private mutating func locate(_ value: JSONValue, of keyword: String, in parent: Int) {
        func add(_ json: JSONValue, _ tokens: JSONPathStep..., to document: inout JSONSchemaDocument) {
            document.add(json, at: tokens.map(\.pointerToken).joined(), in: parent)
        }
        switch (Self.places[keyword], value) {
        case (.one?, _): add(value, .name(keyword), to: &self)
        case (.list?, .array(let elements)):
            for (place, element) in elements.enumerated() { add(element, .name(keyword), .index(place), to: &self) }
        case (.byName?, .object(let members)):
            for (name, member) in members { add(member, .name(keyword), .name(name), to: &self) }
        default: break
        }
    }

    private mutating func add(_ json: JSONValue, at step: String, in parent: Int) {
        indices[Step(parent: parent, step: ExactText(text: step))] = located.count
        located.append(Located(json: json, parent: parent, step: step, resource: located[parent].resource))
    }

    /// Records the identifier and the anchors of a subschema.
    private mutating func identify(_ members: JSONObject, at index: Int) {
        if let dialect = members["$schema"]?.stringValue, dialect != JSONSchema.draft, dialect != JSONSchema.draft + "#"
        {
            refuse(index, "/$schema", "unsupported_dialect", "must be \(JSONSchema.draft)")
        }
        if let identifier = members["$id"]?.stringValue { open(identifier, at: index) }
        let resource = located[index].resource
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let anchor = members[keyword]?.stringValue else { continue }
            let name = ExactText(text: anchor)
            if let known = resources[resource].anchors.updateValue(index, forKey: name), known != index {
                refuse(index, "/" + keyword, "duplicate_identifier", "duplicate anchor in the schema resource")
            }
            if keyword == "$dynamicAnchor" { resources[resource].dynamicAnchors[name] = index }
        }
    }

    /// Makes the subschema a resource.
    private mutating func open(_ identifier: String, at index: Int) {
        let base = URIReference(identifier).resolved(against: resources[located[index].resource].base)
        let name = ExactText(text: base.resource)
        guard name.text.utf8.count <= JSONSchema.maxIdentifierLength else { return refuseLength(index, "/$id") }
        if let known = resourcesByName[name], resources[known].root != index {
            refuse(index, "/$id", "duplicate_identifier", "duplicate identifier in the schema")
        }
        located[index].resource = resources.count
        resourcesByName[name] = resources.count
        resources.append(Resource(base: base, root: index))
    }

    /// The subschema under a keyword of another.
    func index(_ step: String, of parent: Int) -> Int? { indices[Step(parent: parent, step: ExactText(text: step))] }

    /// The target of a reference from a subschema; adds a violation and returns nil if there is none.
    mutating func target(of reference: String, from index: Int, at keyword: String) throws(KitError) -> Int? {
        let written = URIReference(reference)
        let uri = written.resolved(against: resources[located[index].resource].base)
        let name = uri.resource
        guard name.utf8.count <= JSONSchema.maxIdentifierLength else {
            refuseLength(index, "/" + keyword)
            return nil
        }
        if resourcesByName[ExactText(text: name)] == nil, name == JSONSchema.draft {
            add(JSONSchema.metaschemaSource, named: name)
        }
        let shown =
            reference.unicodeScalars.count > 200 ? String(reference.unicodeScalars.prefix(200)) + "…" : reference
        guard let resource = resourcesByName[ExactText(text: name)] else {
            refuse(
                index, "/" + keyword, "remote_reference",
                "the reference \(shown) leads out of the document; nothing is fetched")
            return nil
        }
        guard let fragment = uri.decodedFragment, let target = try target(of: fragment, in: resources[resource]) else {
            refuse(index, "/" + keyword, "unresolved_reference", "the reference \(shown) does not lead to a schema")
            return nil
        }
        return target
    }

    private mutating func target(of fragment: String, in resource: Resource) throws(KitError) -> Int? {
        guard fragment.utf8.first == UInt8(ascii: "/") else {
            return fragment.isEmpty ? resource.root : resource.anchors[ExactText(text: fragment)]
        }
        var at = resource.root
        // The path from the subschema `at`, and the value there: at another subschema, the path restarts.
        var way: [String] = []
        var json = located[at].json
        for token in JSONPathStep.tokens(ofPointer: fragment) ?? [] {
            guard let next = json.child(token) else { return nil }
            json = next
            way.append(token)
            if let next = index(Self.step(way), of: at) { (at, way) = (next, []) }
        }
        return way.isEmpty ? at : try locate(json, at: way, in: at)
    }

    private static func step(_ way: [String]) -> String { way.map { JSONPathStep.name($0).pointerToken }.joined() }

    /// Makes a subschema of one that no keyword contains: many documents keep their schemas under a custom name. Nil
    /// for anything else; errors of a schema are added to the violations.
    private mutating func locate(_ json: JSONValue, at way: [String], in parent: Int) throws(KitError) -> Int? {
        guard !JSONSchema.keywords.contains(way[0]) else { return nil }
        switch json {
        case .bool: break
        // A group of schemas is not a schema: it would accept every value.
        case .object(let members):
            guard members.isEmpty || members.contains(where: { JSONSchema.keywords.contains($0.name) }) else {
                return nil
            }
        default: return nil
        }
        // After this many errors, the search ends.
        guard violations.count < JSONSchema.maxViolations else { return parent }
        if let fault = try JSONSchema.metaschema.violations(of: json, charging: budget).first {
            refuse(parent, Self.step(way) + fault.pointer, fault.code, fault.detail)
            return parent
        }
        let index = located.count
        add(json, at: Self.step(way), in: parent)
        scan(from: index)
        return index
    }

    /// The JSON Pointer to a subschema.
    func pointer(to index: Int) -> String {
        var steps: [String] = []
        var place: Int? = index
        while let index = place {
            steps.append(located[index].step)
            place = located[index].parent
        }
        return steps.reversed().joined()
    }

    mutating func refuse(_ index: Int, _ step: String, _ code: String, _ detail: String) {
        guard violations.count < JSONSchema.maxViolations else { return }
        violations.append(Violation(pointer: pointer(to: index) + step, code: code, detail: detail))
    }

    private mutating func refuseLength(_ index: Int, _ step: String) {
        refuse(
            index, step, "identifier_too_long",
            "an identifier must be at most \(JSONSchema.maxIdentifierLength) bytes, including its base")
    }
}

extension JSONValue {
    /// The value at a token of a JSON Pointer.
    fileprivate func child(_ token: String) -> JSONValue? {
        switch self {
        case .object(let members): return members[token]
        case .array(let elements):
            guard let place = Int(token), elements.indices.contains(place), "\(place)" == token else { return nil }
            return elements[place]
        default: return nil
        }
    }
}
