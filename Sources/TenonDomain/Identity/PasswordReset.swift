public import TenonKit

/// The permission to choose a password, with a one-time token. A user has at most three, so that repeated requests
/// cannot invalidate a token in transit; a fourth replaces the oldest.
public struct PasswordReset: Sendable, Equatable {
    /// The maximum number per user.
    public static let maxCount = 3

    public let tenant: TenantID
    public let user: UserID
    /// The keyed digest of the token's secret.
    public let digest: [UInt8]
    public let expiresAt: Timestamp

    public init(tenant: TenantID, user: UserID, digest: [UInt8], expiresAt: Timestamp) {
        self.tenant = tenant
        self.user = user
        self.digest = digest
        self.expiresAt = expiresAt
    }

    /// Carries the token to its delivery: sealed in storage, opened for subscribers.
    public func requested(email: EmailAddress, sealedToken: SealedBytes) -> DomainEvent {
        DomainEvent(
            .passwordResetRequested, on: .user(user),
            [
                "email": .string(email.text), "expires_at": .string(expiresAt.description),
                Self.sealedToken: .string(Base64URL.encode(sealedToken.bytes)),
            ])
    }

    /// The event of giving the token to the operator.
    public func issued(email: EmailAddress) -> DomainEvent {
        DomainEvent(
            .passwordResetIssued, on: .user(user),
            ["email": .string(email.text), "expires_at": .string(expiresAt.description)])
    }

    /// The place that a user's token is sealed for.
    public static func sealPlace(of user: UserID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "outbox", row: user, field: sealedToken)
    }

    private static let sealedToken = "sealed_token"

    /// The data key version that an undelivered token needs; nil for any other event, and for an expired token.
    public static func keyVersion(neededBy event: OutboxEvent, at now: Timestamp) -> Int32? {
        guard event.kind == .passwordResetRequested, let text = event.details[sealedToken]?.stringValue,
            let end = event.details["expires_at"]?.stringValue.flatMap({ Timestamp($0) }), now < end
        else { return nil }
        return Base64URL.decode(text).flatMap { SealedBytes($0).keyVersion }
    }

    /// The event with its token opened, or without a token if it cannot be opened because its key is destroyed or it is
    /// damaged; delivery must not wait forever. Any other event is unchanged.
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

/// The token of a password reset: `tnp_` and, in base 64 for URLs, tenant ‖ user ‖ 32 random bytes.
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

    /// Nil for anything that cannot be a token.
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

/// Stores the resets of the transaction's tenant.
public protocol PasswordResetStore: Sendable {
    /// Keeps the user's newest `PasswordReset.maxCount`.
    func put(_ reset: PasswordReset) async throws(Failure)

    /// The user's reset with that digest.
    func reset(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset?

    /// If the user has a reset with that digest, deletes all of the user's resets and returns it; of two concurrent
    /// callers one gets it. Any other digest changes nothing.
    func take(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset?

    /// Deletes all resets of the user.
    func removeAll(of user: UserID) async throws(Failure)
}

/// Stores with a `PasswordResetStore`.
public protocol HasPasswordResets: Sendable {
    var passwordResets: any PasswordResetStore { get }
}
