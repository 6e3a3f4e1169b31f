public import TenonKit

/// One login of a browser through an identity provider. Everything except the redirection is derived from the state
/// with the installation's key, so nothing is stored until the browser returns.
public struct SSOLogin: Sendable, Equatable {
    /// The value that the provider returns unchanged.
    public let state: String
    /// The value that the ID token repeats (OpenID Connect Core 1.0 §3.1.2.1).
    public let nonce: String
    /// The secret of PKCE (RFC 7636): 43 characters.
    public let verifier: String
    /// The address to which the provider redirects the browser; identical in both requests, byte by byte.
    public let redirectURI: String
    /// The value of the browser's cookie; a state without it belongs to another browser.
    public let binding: String
    /// The expiry of the state.
    public let expiresAt: Timestamp

    public init(
        state: String, nonce: String, verifier: String, redirectURI: String, binding: String, expiresAt: Timestamp
    ) {
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.redirectURI = redirectURI
        self.binding = binding
        self.expiresAt = expiresAt
    }
}

/// Creates and verifies logins.
///
/// A state is format ‖ time ‖ 16 random bytes ‖ a seal over these, the connection and the redirection, in base 64 for
/// URLs.
public struct SSOLogins: Sendable {
    /// The maximum time of a login at the provider.
    public static let lifetime = Duration.seconds(600)
    private static let format: UInt8 = 1
    private static let contentLength = 1 + 8 + 16
    private static let sealLength = 16

    private let digests: any KeyedDigests
    private let randomness: any Randomness

    public init(digests: any KeyedDigests, randomness: any Randomness) {
        self.digests = digests
        self.randomness = randomness
    }

    public func begin(at connection: SSOConnectionID, redirectURI: String, now: Timestamp) -> SSOLogin {
        let time = UInt64(bitPattern: now.millisecondsSince1970)
        let content =
            [Self.format] + (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) } + randomness.bytes(16)
        return login(content, at: connection, redirectURI)
    }

    /// The login of the state. Nil for a state that was not issued here, for another connection or redirection, is
    /// expired, or belongs to a browser with another binding.
    public func resume(
        _ state: String, at connection: SSOConnectionID, redirectURI: String, binding: String, now: Timestamp
    ) -> SSOLogin? {
        guard state.utf8.count <= 64, let bytes = Base64URL.decode(state),
            bytes.count == Self.contentLength + Self.sealLength, bytes[0] == Self.format
        else { return nil }
        let login = login(Array(bytes[..<Self.contentLength]), at: connection, redirectURI)
        // As secrets, which compare in constant time.
        guard Secret(login.state) == Secret(state), Secret(login.binding) == Secret(binding), now < login.expiresAt,
            login.expiresAt <= now + Self.lifetime + .seconds(60)
        else { return nil }
        return login
    }

    /// The digest stored for a used state.
    public func digest(of login: SSOLogin) -> [UInt8] {
        derive("spent", [Array(login.state.utf8)])
    }

    private func login(_ content: [UInt8], at connection: SSOConnectionID, _ redirectURI: String) -> SSOLogin {
        let time = content[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let seal = derive("state", [connection.bytes, content, Array(redirectURI.utf8)]).prefix(Self.sealLength)
        let state = Base64URL.encode(content + seal)
        func derived(_ label: String) -> String { Base64URL.encode(derive(label, [Array(state.utf8)])) }
        return SSOLogin(
            state: state, nonce: derived("nonce"), verifier: derived("verifier"), redirectURI: redirectURI,
            binding: derived("binding"),
            // A forged time does not match the seal.
            expiresAt: Timestamp(millisecondsSince1970: Int64(truncatingIfNeeded: time & (1 << 48 - 1))) + Self.lifetime
        )
    }

    /// 32 bytes that only this installation can derive. All parts but the last have fixed lengths.
    private func derive(_ label: String, _ parts: [[UInt8]]) -> [UInt8] {
        digests.digest(Array("\(label):".utf8) + parts.joined(), for: .ssoLogin)
    }
}
