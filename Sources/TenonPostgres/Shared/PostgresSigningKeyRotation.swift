public import TenonDomain
public import TenonKit

/// Changes to the token-signing keys.
public struct PostgresSigningKeyRotation: SigningKeyRotation {
    private let maintenance: PostgresMaintenance

    public init(_ database: PostgresDatabase, clock: any WallClock, identifiers: Identifiers) {
        maintenance = PostgresMaintenance(database: database, clock: clock, identifiers: identifiers)
    }

    private static let publish = Statement(
        "publish_signing_key", PostgresKeys.insertSigning.sql + " RETURNING 1")
    private static let move = Statement(
        "move_signing_key",
        "UPDATE signing_keys SET state = $3, state_since = $4 WHERE key_id = $1 AND state = $2 RETURNING 1")
    private static let remove = Statement(
        "remove_signing_key", "DELETE FROM signing_keys WHERE key_id = $1 AND state = 'retiring' RETURNING 1")
    private static let rewrap = Statement(
        "rewrap_signing_key",
        """
        UPDATE signing_keys SET wrapped_private_key = $3 WHERE key_id = $1 AND wrapped_private_key = $2 RETURNING 1
        """)

    public func take(_ step: SigningKeyStep, at now: Timestamp, as caller: Caller) async throws(Failure) -> Bool {
        do {
            try await maintenance.transact(in: .platform, as: caller) { runner, pending throws(Failure) in
                let results = try await runner.rows(Self.commands(for: step, at: now))
                // A statement that no longer finds its row rolls the whole step back.
                guard results.allSatisfy({ !$0.isEmpty }) else { throw Failure(.tooMuchContention, "Overtaken.") }
                pending.audit(step.event, .success)
            }
            return true
        } catch {
            guard error.code == .tooMuchContention else { throw error }
            return false
        }
    }

    private static func commands(for step: SigningKeyStep, at now: Timestamp) -> [Command] {
        switch step {
        case .publish(let key): [Command(publish, PostgresKeys.signing.values(of: key, in: .platform))]
        case .activate(let pending, let retiring):
            // One key is active at most at every moment, so that the old one goes first.
            [
                Command(move, [.text(retiring), .text("active"), .text("retiring"), .timestamp(now)]),
                Command(move, [.text(pending), .text("pending"), .text("active"), .timestamp(now)]),
            ]
        case .remove(let keyID): [Command(remove, [.text(keyID)])]
        }
    }

    public func replaceWrapping(of old: StoredSigningKey, by new: SealedBytes) async throws(Failure) -> Bool {
        try await !maintenance.rows(
            Self.rewrap, [.text(old.keyID), .bytes(old.wrappedPrivateKey.bytes), .bytes(new.bytes)]
        ).isEmpty
    }
}
