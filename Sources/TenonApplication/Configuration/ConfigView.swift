public import TenonDomain

/// An entry as a caller may see it.
public struct ConfigView: Sendable, Equatable {
    public let entry: ConfigEntry
    /// Nil where it is masked.
    public let value: JSONValue?

    public init(_ entry: ConfigEntry, value: JSONValue?) {
        self.entry = entry
        self.value = value
    }
}

extension ValueSealer {
    /// The value of an entry, opened.
    func value(of entry: ConfigEntry) async throws(Failure) -> JSONValue {
        let plaintext = try await open(entry.sealedValue, at: entry.sealPlace)
        do {
            return try JSONParser.parse(plaintext)
        } catch {
            throw .bug("The opened value of \(entry.id) is not JSON: \(error.code)")
        }
    }
}
