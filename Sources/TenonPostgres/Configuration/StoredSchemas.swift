internal import Synchronization
internal import TenonDomain

/// Validation schemas by their stored text, so that patterns and JSON Schemas are compiled once and not at every read.
/// Bounded: past the capacity all are forgotten.
final class StoredSchemas: Sendable {
    private struct Key: Hashable {
        let text: String
        let type: ConfigValueType
    }

    private struct Kept {
        var schemas: [Key: ValidationSchema] = [:]
        var footprint = 0
    }

    /// In bytes, roughly.
    private static let capacity = 64 << 20
    private let kept = Mutex(Kept())

    /// Nil where the text is no schema of the type.
    func schema(_ text: String?, for type: ConfigValueType) -> ValidationSchema? {
        guard let text else { return try? ValidationSchema(nil, for: type) }
        let key = Key(text: text, type: type)
        if let known = kept.withLock({ $0.schemas[key] }) { return known }
        guard let json = try? JSONParser.parse(text), let schema = try? ValidationSchema(json, for: type) else {
            return nil
        }
        kept.withLock { kept in
            guard kept.schemas[key] == nil else { return }
            let footprint = schema.footprint + text.utf8.count
            if kept.footprint + footprint > Self.capacity { kept = Kept() }
            kept.schemas[key] = schema
            kept.footprint += footprint
        }
        return schema
    }
}
