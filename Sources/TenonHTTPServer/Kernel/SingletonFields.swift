internal import NIOHTTP1

/// Fields that mean something only when they stand once: of two, different readers take different ones.
enum SingletonFields {
    private static let names = [
        "host", "authorization", "content-type", "content-encoding", "idempotency-key", "origin", "traceparent",
        "x-api-key", "x-request-id",
    ]

    /// One that stands twice; nil where none does.
    static func repeated(in headers: HTTPHeaders) -> String? {
        var seen: UInt = 0
        for (name, _) in headers {
            guard let index = names.firstIndex(where: { isSame(name, $0) }) else { continue }
            guard seen & 1 << UInt(index) == 0 else { return names[index] }
            seen |= 1 << UInt(index)
        }
        return nil
    }

    /// A field's name is ASCII, and of its characters only letters have two forms.
    private static func isSame(_ name: String, _ lowercase: String) -> Bool {
        name.utf8.count == lowercase.utf8.count && zip(name.utf8, lowercase.utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
