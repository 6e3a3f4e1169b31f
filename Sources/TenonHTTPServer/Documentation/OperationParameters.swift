internal import TenonDomain
internal import TenonKit

/// The parameters of all operations. One that several operations have, and that is the same in all of them, is among the
/// `components` of OpenAPI.
struct OperationParameters {
    private let catalog: EndpointCatalog
    /// `components.parameters`, by the parameters' own names.
    private(set) var components = JSONObject()

    init(_ catalog: EndpointCatalog) {
        self.catalog = catalog
        var known: [String: (parameter: JSONValue, isShared: Bool)] = [:]
        var unlike: Set<String> = []
        for parameter in catalog.entries.flatMap(parameters) {
            guard let name = parameter["name"]?.stringValue else { continue }
            if let other = known[name], other.parameter != parameter { unlike.insert(name) }
            known[name] = (parameter, known[name] != nil)
        }
        for (name, entry) in known.sorted(by: { $0.key < $1.key }) where entry.isShared && !unlike.contains(name) {
            components[name] = entry.parameter
        }
    }

    /// Each a reference where it is among the components.
    func references(of entry: EndpointCatalog.Entry) -> [JSONValue] {
        parameters(of: entry).map { parameter in
            guard let name = parameter["name"]?.stringValue, components[name] != nil else { return parameter }
            return .component("parameters", name)
        }
    }

    private func parameters(of entry: EndpointCatalog.Entry) -> [JSONValue] {
        entry.operation.path.parameters.map(Self.parameter) + entry.operation.query.map(Self.parameter)
            + Self.headerParameters(of: entry)
    }

    private static func parameter(_ parameter: Path.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "path", "required": true,
            "description": .string(parameter.description), "schema": parameter.schema, "example": parameter.example,
        ]
    }

    private static func parameter(_ parameter: QueryParameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "query", "required": false,
            "description": .string(parameter.description), "schema": parameter.schema,
        ]
    }

    private static func headerParameters(of entry: EndpointCatalog.Entry) -> [JSONValue] {
        var parameters: [JSONValue] = []
        func add(_ name: String, _ description: String, _ schema: JSONValue) {
            parameters.append([
                "name": .string(name), "in": "header", "required": false, "description": .string(description),
                "schema": schema,
            ])
        }
        if entry.operation.takesIdempotencyKey {
            add(
                "Idempotency-Key",
                "Makes a repeat of the request within 24 hours return the response to the first one.",
                ["type": "string", "pattern": "^([!#-\\[\\]-~]{1,255}|\"[!#-\\[\\]-~]{1,255}\")$"])
        }
        if entry.hasEntityTag {
            add("If-None-Match", "Returns 304 if the entity tag still matches.", ["type": "string"])
        }
        if entry.operation.failures.contains(where: { $0.kind == .stale }) {
            add("If-Match", "Changes the resource only if its entity tag matches.", ["type": "string"])
        }
        return parameters
    }
}
