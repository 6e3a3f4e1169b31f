internal import CCrypt
internal import TenonDomain

/// bcrypt through the C library's `crypt_r`: `$2a$`, `$2b$` and `$2y$`. Only the first 72 bytes of a password count.
enum Bcrypt {
    static let cost = 12

    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 60 && ["$2a$", "$2b$", "$2y$"].contains { text.hasPrefix($0) }
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

    static func verifies(_ password: Secret, _ hash: String) -> Bool {
        guard isHash(hash), let again = crypt(password, hash) else { return false }
        return ConstantTime.areEqual(again.utf8, hash.utf8)
    }

    private static func crypt(_ password: Secret, _ setting: String) -> String? {
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        data.initialize(to: crypt_data())
        defer {
            UnsafeMutableRawBufferPointer(start: data, count: MemoryLayout<crypt_data>.size)
                .initializeMemory(as: UInt8.self, repeating: 0)
            data.deallocate()
        }
        // A C string ends at a NUL, which no accepted password holds.
        var text = password.withBytes { $0.map { CChar(bitPattern: $0) } } + [0]
        defer { text.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
        guard let result = crypt_r(text, setting, data) else { return nil }
        let hash = String(cString: result)
        return hash.hasPrefix("*") ? nil : hash
    }
}
