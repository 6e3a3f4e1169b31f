public import TenonDomain

/// Takes the access tokens of sessions that ended, wherever they ended, out of force in this process.
public struct RevokeEndedSessions: EventSubscriber {
    private let signer: any TokenSigner
    private let clock: any WallClock

    public init(signer: any TokenSigner, clock: any WallClock) {
        self.signer = signer
        self.clock = clock
    }

    public func receive(_ event: OutboxEvent) async throws(Failure) {
        guard event.kind == .sessionEnded, let session = SessionID(event.resource.id) else { return }
        signer.revoke(session, at: clock.now())
    }
}
