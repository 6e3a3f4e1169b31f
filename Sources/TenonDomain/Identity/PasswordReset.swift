public import TenonKit

/// Leave to choose a password, given by a token that is good once. A user has three at most, so that nobody who asks again
/// and again keeps the one on its way from being used; a fourth takes the place of the oldest.
public struct PasswordReset: Sendable, Equatable {
    /// How many a user can have at one time.
    public static let maxCount = 3

    public let tenant: TenantID
    public let user: UserID
    /// Keyed, of the token's secret.
    public let digest: [UInt8]
    public let expiresAt: Timestamp

    public init(tenant: TenantID, user: UserID, digest: [UInt8], expiresAt: Timestamp) {
        self.tenant = tenant
        self.user = user
        self.digest = digest
        self.expiresAt = expiresAt
    }

    /// Carries the token to whoever delivers it: sealed where it is stored, opened on its way to subscribers.
    public func requested(email: EmailAddress, sealedToken: SealedBytes) -> DomainEvent {
        DomainEvent(
            .passwordResetRequested, on: .user(user),
            [
                "email": .string(email.text), "expires_at": .string(expiresAt.description),
                Self.sealedToken: .string(Base64URL.encode(sealedToken.bytes)),
            ])
    }

    /// The operator was given the token, who hands it on.
    public func issued(email: EmailAddress) -> DomainEvent {
        DomainEvent(
            .passwordResetIssued, on: .user(user),
            ["email": .string(email.text), "expires_at": .string(expiresAt.description)])
    }

    /// Where the token of a user is sealed to.
    public static func sealPlace(of user: UserID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "outbox", row: user, field: sealedToken)
    }

    private static let sealedToken = "sealed_token"

    /// The version of the data key that a token on its way still needs; nil for any other event, and for one that ran out.
    public static func keyVersion(neededBy event: OutboxEvent, at now: Timestamp) -> Int32? {
        guard event.kind == .passwordResetRequested, let text = event.details[sealedToken]?.stringValue,
            let end = event.details["expires_at"]?.stringValue.flatMap({ Timestamp($0) }), now < end
        else { return nil }
        return Base64URL.decode(text).flatMap { SealedBytes($0).keyVersion }
    }

    /// The event with its token readable, and without one where it opens no more, since its key is destroyed or it is
    /// damaged: nothing is waited for that never comes. Any other event as it is.
    public static func opened(_ event: OutboxEvent, by sealer: any ValueSealer) async throws(Failure) -> OutboxEvent {
        guard event.kind == .passwordResetRequested, let user = UserID(event.resource.id),
            let text = event.details[sealedToken]?.stringValue, let bytes = Base64URL.decode(text)
        else { return event }
        var details = event.details
        details[sealedToken] = nil
        do throws(Failure) {
            let token = try await sealer.open(SealedBytes(bytes), at: sealPlace(of: user, in: event.tenant))
            details["token"] = .string(String(decoding: token, as: UTF8.self))
        } catch {
            guard error.code == .tenantKeyDestroyed || error.code == .internalError else { throw error }
        }
        return OutboxEvent(
            id: event.id, tenant: event.tenant, kind: event.kind, resource: event.resource, details: details,
            actor: event.actor, requestID: event.requestID, traceID: event.traceID, occurredAt: event.occurredAt)
    }
}

/// What a user shows to choose a password: `tnp_` and, in base 64 for URLs, tenant ‖ user ‖ 32 random bytes.
public struct PasswordResetToken: Sendable {
    private static let prefix = "tnp_"

    public let tenant: TenantID
    public let user: UserID
    public let secret: [UInt8]

    public init(tenant: TenantID, user: UserID, secret: [UInt8]) {
        self.tenant = tenant
        self.user = user
        self.secret = secret
    }

    /// Nil for what cannot be a token.
    public init?(_ text: Secret) {
        guard text.count <= 128 else { return nil }
        let text = text.revealedText()
        guard text.utf8.starts(with: Self.prefix.utf8),
            let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)), bytes.count == 64,
            let tenant = TenantID(bytes: bytes[..<16]), let user = UserID(bytes: bytes[16..<32])
        else { return nil }
        self.init(tenant: tenant, user: user, secret: Array(bytes[32...]))
    }

    public var text: Secret { Secret(Self.prefix + Base64URL.encode(tenant.bytes + user.bytes + secret)) }
}

/// Keeps the resets of the transaction's tenant.
public protocol PasswordResetStore: Sendable {
    /// The user's newest `PasswordReset.maxCount` stay.
    func put(_ reset: PasswordReset) async throws(Failure)

    /// The user's reset with that digest.
    func reset(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset?

    /// Takes all resets of the user away where one has that digest, and answers that one: of two that ask at once one
    /// gets it. Any other digest changes nothing.
    func take(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset?

    /// Takes all resets of the user away.
    func removeAll(of user: UserID) async throws(Failure)
}

/// Stores with a `PasswordResetStore`.
public protocol HasPasswordResets: Sendable {
    var passwordResets: any PasswordResetStore { get }
}
