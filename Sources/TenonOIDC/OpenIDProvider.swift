internal import FoundationEssentials
public import TenonDomain
internal import TenonKit

/// Identity providers with OpenID Connect, over HTTP.
///
/// A provider's metadata and keys are cached and fetched again when they expire, or for a token with an unknown key.
/// While a provider is down its known keys stay in use.
public struct OpenIDProvider: IdentityProvider {
    private let transport: ProviderTransport
    private let table: ProviderTable
    private let keys: any PublicKeyVerification
    private let clock: any WallClock

    public init(policy: ProviderPolicy, keys: any PublicKeyVerification, clock: any WallClock) {
        transport = ProviderTransport(policy: policy, lookups: HostLookups())
        table = ProviderTable(transport: transport, clock: clock)
        self.keys = keys
        self.clock = clock
    }

    public func authorizationURL(for login: SSOLogin, of client: OpenIDClient) async throws(Failure) -> String {
        do throws(OpenIDFault) {
            let endpoint = try await table.snapshot(of: client.issuer, for: client.tenant).metadata
                .authorizationEndpoint
            let challenge = Base64URL.encode(keys.sha256(Array(login.verifier.utf8)))
            let query = FormFields([
                ("response_type", "code"), ("client_id", client.clientID.text), ("redirect_uri", login.redirectURI),
                ("scope", client.scopes.text), ("state", login.state), ("nonce", login.nonce),
                ("code_challenge", challenge), ("code_challenge_method", "S256"),
            ])
            return endpoint + (endpoint.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query.text
        } catch {
            throw error.failure
        }
    }

    public func identify(
        _ answer: AuthorizationAnswer, to login: SSOLogin, of client: OpenIDClient
    ) async throws(Failure) -> ProviderIdentity {
        do throws(OpenIDFault) {
            let snapshot = try await table.snapshot(of: client.issuer, for: client.tenant)
            // Otherwise another provider's code could be sent to the wrong one (RFC 9700 §4.4).
            if answer.issuer != nil || snapshot.metadata.namesItself {
                guard let named = answer.issuer, named.utf8.elementsEqual(client.issuer.text.utf8) else {
                    throw .wrongResponseIssuer
                }
            }
            let token = try IDToken(try await exchange(answer.code, login, client, at: snapshot.metadata))
            try await verify(token, of: client, by: snapshot.keys)
            return try IDTokenChecks(
                issuer: client.issuer, clientID: client.clientID, nonce: login.nonce, now: clock.now()
            ).identity(in: token.claims)
        } catch {
            throw error.failure
        }
    }

    /// Verifies with the known keys, and once more if the provider may have newer ones. A token without a key id that
    /// does not verify may use a newer key as well.
    private func verify(_ token: IDToken, of client: OpenIDClient, by known: KeySet) async throws(OpenIDFault) {
        guard let first = fault(of: token, by: known) else { return }
        guard first == .unknownKey || (first == .wrongSignature && token.keyID == nil) else { throw first }
        let newer = try await table.newerSnapshot(of: client.issuer, for: client.tenant)
        if let second = fault(of: token, by: newer.keys) { throw second }
    }

    private func fault(of token: IDToken, by set: KeySet) -> OpenIDFault? {
        switch set.match(token.keyID, token.algorithm) {
        case .unknown: .unknownKey
        case .refused: .algorithmRefused(token.algorithm.rawValue)
        case .key(let key):
            keys.verifies(token.signature, of: token.signed, by: token.algorithm, under: key.material)
                ? nil : .wrongSignature
        }
    }

    // MARK: The token endpoint

    /// The ID token for the code (RFC 6749 §4.1.3, RFC 7636 §4.5).
    private func exchange(
        _ code: Secret, _ login: SSOLogin, _ client: OpenIDClient, at metadata: ProviderMetadata
    ) async throws(OpenIDFault) -> String {
        var fields = [
            ("grant_type", "authorization_code"), ("code", code.revealedText()), ("redirect_uri", login.redirectURI),
            ("code_verifier", login.verifier),
        ]
        var authorization: String?
        switch client.secret {
        case let secret? where metadata.takesBasicAuthentication:
            // Both are form-encoded first (RFC 6749 §2.3.1).
            let pair = "\(FormFields.encode(client.clientID.text)):\(FormFields.encode(secret.revealedText()))"
            authorization = "Basic \(Data(pair.utf8).base64EncodedString())"
        case let secret?:
            fields += [("client_id", client.clientID.text), ("client_secret", secret.revealedText())]
        case nil:
            fields.append(("client_id", client.clientID.text))
        }
        let answer = try await transport.post(
            FormFields(fields).text, to: metadata.tokenEndpoint, for: client.tenant, authorization: authorization)
        let object = (try? JSONParser.parse(answer.body, limits: JSONLimits(depth: 8, values: 1_000)))?.objectValue
        switch answer.status {
        case 200:
            guard let token = object?["id_token"]?.stringValue else {
                throw .malformedToken("the response has no id_token")
            }
            return token
        case 400, 401, 403:
            throw .refusedCode(Self.errorName(object?["error"]?.stringValue))
        default:
            throw .status(answer.status)
        }
    }

    /// A name of RFC 6749 §5.2; other text from the provider is not repeated.
    private static func errorName(_ text: String?) -> String {
        guard let text, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
        else { return "without a reason" }
        return text
    }
}
