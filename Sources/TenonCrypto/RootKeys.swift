public import TenonDomain
internal import TenonKit

/// Keyed digests from the installation's root key: HMAC-SHA-256 under one key per purpose.
public struct RootDigests: KeyedDigests {
    private let keys: [DigestPurpose: Secret]

    /// The digests of the installation with this root key.
    public init(_ root: Secret) {
        keys = Dictionary(
            uniqueKeysWithValues: DigestPurpose.allCases.map { purpose in
                (purpose, HKDFSHA256.derive(from: root, label: "digest/\(purpose.rawValue)"))
            })
    }

    public func digest(_ bytes: [UInt8], for purpose: DigestPurpose) -> [UInt8] {
        HMACSHA256.authenticate(bytes, key: keys[purpose]!)
    }
}

/// Refresh tokens: `tnr_` and, in base 64 for URLs, version ‖ tenant ‖ session ‖ counter ‖ truncated HMAC ‖ CRC-32.
public struct CounterRefreshTokens: RefreshTokens {
    private static let prefix = "tnr_"
    private static let version: UInt8 = 2
    private static let macLength = 16
    private static let contentLength = 1 + 16 + 16 + 8
    private static let length = contentLength + macLength + 4
    private static let textLength = prefix.utf8.count + (length * 4 + 2) / 3

    private let key: Secret

    init(_ root: Secret) {
        key = HKDFSHA256.derive(from: root, label: "refresh-tokens")
    }

    public func issue(_ ticket: RefreshTicket) -> Secret {
        var content = [Self.version] + ticket.tenant.bytes + ticket.session.bytes
        withUnsafeBytes(of: ticket.counter.bigEndian) { content.append(contentsOf: $0) }
        let signed = content + mac(content, of: ticket.session)
        return Secret((Self.prefix + Base64URL.encode(signed + CRC32.checksum(signed))).utf8)
    }

    public func read(_ token: Secret) -> RefreshTicket? {
        guard token.count == Self.textLength else { return nil }
        let text = token.revealedText()
        guard text.hasPrefix(Self.prefix), let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)),
            bytes.count == Self.length, bytes[0] == Self.version,
            CRC32.checksum(Array(bytes.dropLast(4))) == Array(bytes.suffix(4)),
            let tenant = TenantID(bytes: bytes[1..<17]), let session = SessionID(bytes: bytes[17..<33])
        else { return nil }
        let content = Array(bytes[..<Self.contentLength])
        guard ConstantTime.areEqual(mac(content, of: session), bytes[Self.contentLength..<(bytes.count - 4)]) else {
            return nil
        }
        return RefreshTicket(
            tenant: tenant, session: session,
            counter: Int64(bitPattern: content[33...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
    }

    private func mac(_ content: [UInt8], of session: SessionID) -> [UInt8] {
        let sessionKey = HMACSHA256.authenticate(session.bytes, key: key)
        return Array(HMACSHA256.authenticate(content, key: sessionKey).prefix(Self.macLength))
    }
}
