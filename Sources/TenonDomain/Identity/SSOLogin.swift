public import TenonKit

/// One way of a browser through an identity provider. Everything in it but the redirection follows from the state under
/// the installation's key, so nothing needs to be kept until the browser is back, and nothing can be stolen meanwhile.
public struct SSOLogin: Sendable, Equatable {
    /// What the provider hands back as it was.
    public let state: String
    /// What the ID token repeats (OpenID Connect Core 1.0 §3.1.2.1).
    public let nonce: String
    /// The secret of PKCE (RFC 7636): 43 characters.
    public let verifier: String
    /// Where the provider sends the browser; the same at both ends of the way, byte by byte.
    public let redirectURI: String
    /// What the browser keeps in a cookie: whoever has the state alone is another browser.
    public let binding: String
    /// A state is good until then.
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

/// Makes logins and knows them again.
///
/// A state is format ‖ time ‖ 16 random bytes ‖ a seal over these, the connection and the redirection, in base 64 for
/// URLs.
public struct SSOLogins: Sendable {
    /// How long somebody may stay at the provider.
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

    /// The login that the state belongs to. Nil for a state that was not made here, for another connection or
    /// redirection, too long ago, or for a browser with another binding.
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

    /// What is kept of a state that was used.
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
            // Whoever made up the time did not make the seal.
            expiresAt: Timestamp(millisecondsSince1970: Int64(truncatingIfNeeded: time & (1 << 48 - 1))) + Self.lifetime
        )
    }

    /// 32 bytes that only this installation can make. The parts have fixed lengths but for the last one.
    private func derive(_ label: String, _ parts: [[UInt8]]) -> [UInt8] {
        digests.digest(Array("\(label):".utf8) + parts.joined(), for: .ssoLogin)
    }
}
