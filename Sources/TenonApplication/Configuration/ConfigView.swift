public import TenonDomain
public import TenonKit

/// An entry as visible to a caller.
public struct ConfigView: Sendable, Equatable {
    public let entry: ConfigEntry
    /// Nil if it is masked, if its references do not resolve, and for a deletion.
    public let value: JSONValue?
    /// Why the references in the value do not resolve, in a list of entries.
    public let unresolved: String?

    public init(_ entry: ConfigEntry, value: JSONValue?, unresolved: String? = nil) {
        self.entry = entry
        self.value = value
        self.unresolved = unresolved
    }

    public var isMasked: Bool { value == nil && !entry.isDeleted && unresolved == nil }
}

extension ValueSealer {
    /// The opened value of an entry's version; nil for a deletion.
    func value(
        of entry: ConfigEntry, charging budget: RequestBudget = .unlimited
    ) async throws(Failure) -> JSONValue? {
        guard let sealed = entry.version.sealedValue else { return nil }
        try budget.spend(200 + sealed.bytes.count / 4)
        let plaintext = try await open(sealed, at: entry.sealPlace)
        do {
            return try JSONParser.parse(plaintext, limits: ConfigValue.limits)
        } catch {
            throw .bug("The opened value of \(entry.id) is not JSON: \(error.code)")
        }
    }
}
