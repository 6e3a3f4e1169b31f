internal import Synchronization
internal import TenonDomain

/// Validation schemas by their stored text, so that a pattern is compiled once and not at every read. Bounded: past
/// the capacity all are forgotten.
final class StoredSchemas: Sendable {
    private struct Key: Hashable {
        let text: String
        let type: ConfigValueType
    }

    private static let capacity = 4096
    private let parsed = Mutex<[Key: ValidationSchema]>([:])

    /// Nil where the text is no schema of the type.
    func schema(_ text: String?, for type: ConfigValueType) -> ValidationSchema? {
        guard let text else { return try? ValidationSchema(nil, for: type) }
        let key = Key(text: text, type: type)
        if let known = parsed.withLock({ $0[key] }) { return known }
        guard let json = try? JSONParser.parse(text), let schema = try? ValidationSchema(json, for: type) else {
            return nil
        }
        parsed.withLock { parsed in
            if parsed.count >= Self.capacity { parsed = [:] }
            parsed[key] = schema
        }
        return schema
    }
}
