internal import NIOHTTP1

/// Fields that may occur only once: different readers use different ones of two.
enum SingletonFields {
    private static let names = [
        "host", "authorization", "content-type", "content-encoding", "idempotency-key", "origin", "traceparent",
        "x-api-key", "x-request-id",
    ]

    /// A repeated one; nil if there is none.
    static func repeated(in headers: HTTPHeaders) -> String? {
        var seen: UInt = 0
        for (name, _) in headers {
            guard let index = names.firstIndex(where: { isSame(name, $0) }) else { continue }
            guard seen & 1 << UInt(index) == 0 else { return names[index] }
            seen |= 1 << UInt(index)
        }
        return nil
    }

    /// A field's name is ASCII, in which only letters have two cases.
    private static func isSame(_ name: String, _ lowercase: String) -> Bool {
        name.utf8.count == lowercase.utf8.count && zip(name.utf8, lowercase.utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
