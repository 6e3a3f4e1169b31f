/// The `Idempotency-Key` field (draft-ietf-httpapi-idempotency-key-header): a string of RFC 9651, or the bare text.
enum IdempotencyKey {
    /// Nil if invalid.
    static func parse(_ field: String) -> String? {
        var text = field[...].trimmed
        if text.hasPrefix("\"") {
            text = text.dropFirst()
            guard text.popLast() == "\"" else { return nil }
        }
        // Escapes are unnecessary in a key; without them a key has one spelling.
        guard (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return String(text)
    }
}
