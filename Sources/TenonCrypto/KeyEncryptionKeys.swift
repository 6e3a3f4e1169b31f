public import TenonDomain
internal import TenonKit

/// The key encryption keys by version. The newest wraps; all of them unwrap.
public struct KeyEncryptionKeys: Sendable {
    private let keys: [Int32: Secret]
    private let ciphers: [Int32: AES256GCM]
    /// In order.
    public let versions: [Int32]
    public let newestVersion: Int32

    /// Not empty; each has 32 bytes.
    public init(_ keys: [Int32: Secret]) {
        guard let newest = keys.keys.max() else {
            preconditionFailure("there is no key encryption key")
        }
        self.keys = keys
        ciphers = keys.mapValues { AES256GCM($0) }
        versions = keys.keys.sorted()
        newestVersion = newest
    }

    /// 32 bytes in base 64 (either alphabet, padded or not) or 64 hexadecimal digits; else nil.
    public static func parse(_ text: String) -> Secret? {
        let digits = Array(text.utf8)
        switch digits.count {
        case 64: return hexadecimal(digits)
        case 44 where digits.last == UInt8(ascii: "="): return base64(digits.dropLast())
        case 43: return base64(digits[...])
        default: return nil
        }
    }

    private static func hexadecimal(_ digits: [UInt8]) -> Secret? {
        let halves = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard halves.count == digits.count else { return nil }
        return Secret(wiping: stride(from: 0, to: halves.count, by: 2).map { UInt8(halves[$0] << 4 | halves[$0 + 1]) })
    }

    /// Without padding, of one alphabet.
    private static func base64(_ digits: ArraySlice<UInt8>) -> Secret? {
        let isStandard = digits.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        let isForURLs = digits.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard !isStandard || !isForURLs else { return nil }
        let text = digits.map {
            $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        }
        return Base64URL.decode(String(decoding: text, as: UTF8.self)).map { Secret(wiping: $0) }
    }

    /// Whether the key does not look random: fewer than 8 different bytes.
    public static func isWeak(_ key: Secret) -> Bool {
        key.withBytes { Set($0).count } < 8
    }

    /// A secret for a label from each key, newest first.
    func derivedSecrets(_ label: String) -> [Secret] {
        versions.reversed().map { HKDFSHA256.derive(from: keys[$0]!, label: label) }
    }

    private static let format: UInt8 = 1

    /// The data key wrapped with the newest KEK: format, nonce, ciphertext and tag.
    func wrap(
        _ dataKey: Secret, tenant: TenantID, purpose: DataKeyPurpose, version: Int32, randomness: any Randomness,
        createdAt: Timestamp
    ) -> WrappedDataKey {
        let nonce = randomness.bytes(AES256GCM.nonceLength)
        let aad = Self.place(tenant, purpose, version, newestVersion)
        let sealed = dataKey.withWipedArray { ciphers[newestVersion]!.seal($0, nonce: nonce, aad: aad) }
        return WrappedDataKey(
            tenant: tenant, purpose: purpose, version: version, kekVersion: newestVersion,
            wrapped: SealedBytes([Self.format] + nonce + sealed), createdAt: createdAt)
    }

    /// Fails with `keyEncryptionKeyMissing` or `keyEncryptionKeyWrong`.
    func unwrap(_ key: WrappedDataKey) throws(Failure) -> Secret {
        guard let cipher = ciphers[key.kekVersion] else {
            throw Failure(
                .keyEncryptionKeyMissing,
                "The data needs \(Self.variable(key.kekVersion)), which is not set. Set it in every process.")
        }
        let bytes = key.wrapped.bytes
        guard bytes.first == Self.format, bytes.count > AES256GCM.nonceLength,
            let opened = cipher.open(
                bytes[(1 + AES256GCM.nonceLength)...], nonce: bytes[1...AES256GCM.nonceLength],
                aad: Self.place(key.tenant, key.purpose, key.version, key.kekVersion))
        else {
            throw Failure(
                .keyEncryptionKeyWrong, "\(Self.variable(key.kekVersion)) cannot open the data: it is a different key.")
        }
        return Secret(wiping: opened)
    }

    private static func variable(_ version: Int32) -> String {
        version == 1 ? "ENCRYPTION_KEY" : "ENCRYPTION_KEY_\(version)"
    }

    private static func place(
        _ tenant: TenantID, _ purpose: DataKeyPurpose, _ version: Int32, _ kekVersion: Int32
    ) -> [UInt8] {
        var aad = CanonicalBytes()
        aad.append("tenon/data-key")
        aad.append(tenant.bytes)
        aad.append(purpose.rawValue)
        aad.append(version)
        aad.append(kekVersion)
        return aad.bytes
    }
}

/// Length-prefixed parts, so that two different lists never have the same bytes.
struct CanonicalBytes {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(96)
    }

    mutating func append(_ part: some Collection<UInt8>) {
        append(Int32(part.count))
        bytes.append(contentsOf: part)
    }

    mutating func append(_ text: String) {
        append(text.utf8)
    }

    mutating func append(_ number: Int32) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
