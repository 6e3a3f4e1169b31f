internal import CCrypt
internal import TenonDomain
internal import TenonKit

/// bcrypt with the C library's `crypt_r`: `$2a$`, `$2b$` and `$2y$`, which read 72 bytes of a password. A longer new
/// password is hashed with HMAC-SHA-256 first, in the format of Python's passlib:
/// `$bcrypt-sha256$v=2,t=2b,r=COST$SALT$HASH`.
enum Bcrypt {
    static let cost = 12
    /// A `$2b$` hash ignores bytes of a password beyond this.
    static let maxBytes = 72
    private static let longPrefix = "$bcrypt-sha256$v=2,t=2b,r="
    private static let saltLength = 22
    /// The accepted costs of a stored hash; each step doubles the time, and 15 takes some seconds.
    private static let costs = 4...15

    /// The cost of a hash in either format; nil for anything else, and for a cost that is too high.
    static func cost(of text: String) -> Int? {
        let bytes = Array((inner(of: text) ?? text).utf8)
        guard bytes.count == 60, ["$2a$", "$2b$", "$2y$"].contains(where: { bytes.starts(with: $0.utf8) }),
            bytes[6] == UInt8(ascii: "$"), bytes[7...].allSatisfy(isDigit)
        else { return nil }
        let digits = bytes[4...5]
        guard digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        let cost = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return costs.contains(cost) ? cost : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Whether the hash covers the whole password, regardless of its length.
    static func isOfAll(_ text: String) -> Bool { text.hasPrefix(longPrefix) }

    /// The `$2b$` hash inside a long password's hash; nil for another format.
    private static func inner(of text: String) -> String? {
        guard text.hasPrefix(longPrefix) else { return nil }
        let parts = text.dropFirst(longPrefix.count).split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 2, parts[1].utf8.count == saltLength else { return nil }
        return "$2b$\(parts[0])$\(parts[1])\(parts[2])"
    }

    /// The input of bcrypt for a long password: 44 characters.
    private static func shortened(_ password: Secret, salt: Substring) -> Secret {
        let digest = password.withBytes { HMACSHA256.authenticate(Array($0), key: Array(salt.utf8)) }
        return Secret(Base64.encode(digest))
    }

    /// The hash in the format for the password's length; nil if the C library fails.
    static func hash(_ password: Secret, salt: [UInt8]) -> String? {
        let setting = salt.withUnsafeBytes { salt in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 192) { buffer in
                crypt_gensalt_rn(
                    "$2b$", UInt(cost), salt.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(salt.count),
                    buffer.baseAddress, Int32(buffer.count)
                ).map { String(cString: $0) }
            }
        }
        guard let setting else { return nil }
        guard password.withBytes({ $0.count > maxBytes }) else { return crypt(password, setting) }
        let salt = setting.suffix(saltLength)
        guard let hash = crypt(shortened(password, salt: salt), setting) else { return nil }
        return "\(longPrefix)\(cost)$\(salt)$\(hash.dropFirst(setting.count))"
    }

    /// Nil if the C library fails.
    static func verifies(_ password: Secret, _ hash: String) -> Bool? {
        guard cost(of: hash) != nil else { return nil }
        let inner = inner(of: hash)
        let password = inner.map { shortened(password, salt: $0.dropFirst(7).prefix(saltLength)) } ?? password
        guard let again = crypt(password, inner ?? hash) else { return nil }
        return ConstantTime.areEqual(again.utf8, (inner ?? hash).utf8)
    }

    private static func crypt(_ password: Secret, _ setting: String) -> String? {
        // A C string ends at a NUL: bytes after it would be ignored.
        guard password.withBytes({ !$0.contains(0) }) else { return nil }
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        data.initialize(to: crypt_data())
        defer {
            UnsafeMutableRawBufferPointer(start: data, count: MemoryLayout<crypt_data>.size)
                .initializeMemory(as: UInt8.self, repeating: 0)
            data.deallocate()
        }
        var text = password.withBytes { $0.map { CChar(bitPattern: $0) } } + [0]
        defer { text.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
        guard let result = crypt_r(text, setting, data) else { return nil }
        let hash = String(cString: result)
        return hash.hasPrefix("*") ? nil : hash
    }
}
