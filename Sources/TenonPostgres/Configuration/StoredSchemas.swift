internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Validation schemas by their stored text, so that patterns and JSON Schemas are compiled once and not at every read.
final class StoredSchemas: Sendable {
    private struct Key: Hashable {
        let text: String
        let type: ConfigValueType
    }

    /// Costs in bytes, roughly.
    private let kept = Mutex(BoundedCache<Key, ValidationSchema>(capacity: 16 << 20))

    /// Nil where the text is no schema of the type.
    func schema(_ text: String?, for type: ConfigValueType) -> ValidationSchema? {
        guard let text else { return try? ValidationSchema(nil, for: type) }
        let key = Key(text: text, type: type)
        if let known = kept.withLock({ $0.value(for: key) }) { return known }
        guard let json = try? JSONParser.parse(text), let schema = try? ValidationSchema(json, for: type) else {
            return nil
        }
        kept.withLock { $0.insert(schema, for: key, cost: schema.footprint + text.utf8.count) }
        return schema
    }
}
