internal import CCrypt
internal import TenonDomain

/// bcrypt through the C library's `crypt_r`: `$2a$`, `$2b$` and `$2y$`. Only the first 72 bytes of a password count.
enum Bcrypt {
    static let cost = 12
    /// What a stored hash may ask for; each step up doubles the time, and 15 takes some seconds.
    private static let costs = 4...15

    /// The cost of a hash in modular crypt format; nil for what is none, and for one that asks for too much.
    static func cost(of text: String) -> Int? {
        let bytes = Array(text.utf8)
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

    /// The hash in modular crypt format; nil where the C library refuses.
    static func hash(_ password: Secret, salt: [UInt8]) -> String? {
        let setting = salt.withUnsafeBytes { salt in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 192) { buffer in
                crypt_gensalt_rn(
                    "$2b$", UInt(cost), salt.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(salt.count),
                    buffer.baseAddress, Int32(buffer.count)
                ).map { String(cString: $0) }
            }
        }
        return setting.flatMap { crypt(password, $0) }
    }

    /// Nil where the C library refuses.
    static func verifies(_ password: Secret, _ hash: String) -> Bool? {
        guard cost(of: hash) != nil, let again = crypt(password, hash) else { return nil }
        return ConstantTime.areEqual(again.utf8, hash.utf8)
    }

    private static func crypt(_ password: Secret, _ setting: String) -> String? {
        // A C string ends at a NUL: what comes after would not count.
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
