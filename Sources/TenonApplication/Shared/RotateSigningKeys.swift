public import TenonDomain
public import TenonKit

/// Takes the due steps in rotating the token-signing keys: a new key is published, signs when every verifier knows it,
/// and the old one is deleted when its last token has expired. Run it again at the time that it returns.
public struct RotateSigningKeys: Sendable {
    public struct Output: Sendable, Equatable {
        /// The steps taken now, in order.
        public let steps: [SigningKeyStep]
        /// When the next step is due; nil if no rotation is in progress.
        public let next: Timestamp?
    }

    private let signingKeys: any SigningKeys
    private let rotation: any SigningKeyRotation
    private let wrapping: any KeyWrapping
    private let schedule: SigningKeySchedule
    private let clock: any WallClock

    public init(
        signingKeys: any SigningKeys, rotation: any SigningKeyRotation, wrapping: any KeyWrapping,
        schedule: SigningKeySchedule, clock: any WallClock
    ) {
        self.signingKeys = signingKeys
        self.rotation = rotation
        self.wrapping = wrapping
        self.schedule = schedule
        self.clock = clock
    }

    /// Starts a rotation if none is in progress, unless the active key is younger than `minimumAge` or a rotation has
    /// just ended. Fails with `permissionDenied` unless the caller is the operator, and `tooMuchContention` if another
    /// command changes the keys meanwhile.
    public func execute(minimumAge: Duration = .zero, as caller: Caller) async throws(Failure) -> Output {
        try caller.requireOperator()
        let now = clock.now()
        var steps: [SigningKeyStep] = []
        while true {
            let keys = try await signingKeys.all()
            switch schedule.due(keys, at: now) {
            case .activate(let pending, let retiring):
                steps.append(try await take(.activate(pending: pending, retiring: retiring), now, caller))
            case .remove(let keyID):
                steps.append(try await take(.remove(keyID), now, caller))
            case .wait(let moment):
                return Output(steps: steps, next: moment)
            case .nothing:
                let isYoung = keys.contains { $0.state == .active && $0.stateSince + minimumAge > now }
                guard steps.isEmpty, !isYoung else { return Output(steps: steps, next: nil) }
                steps.append(try await take(.publish(try wrapping.newSigningKey(at: now)), now, caller))
            }
        }
    }

    /// Replaces all keys with a new one at once, after a key leaked. Their tokens are refused as soon as the processes
    /// have read the keys; clients refresh their sessions. Fails like `execute`, and continues where it stopped when
    /// run again.
    public func replaceAll(as caller: Caller) async throws(Failure) -> Output {
        try caller.requireOperator()
        let now = clock.now()
        let fresh = try wrapping.newSigningKey(at: now)
        var steps: [SigningKeyStep] = []
        while true {
            let keys = try await signingKeys.all()
            guard let active = keys.first(where: { $0.state == .active }) else {
                throw .bug("No signing key is active")
            }
            if let pending = keys.first(where: { $0.state == .pending }) {
                steps.append(
                    try await take(.activate(pending: pending.keyID, retiring: active.keyID), now, caller))
            } else if active.keyID != fresh.keyID {
                steps.append(try await take(.publish(fresh), now, caller))
            } else if let retiring = keys.first(where: { $0.state == .retiring }) {
                steps.append(try await take(.remove(retiring.keyID), now, caller))
            } else {
                return Output(steps: steps, next: nil)
            }
        }
    }

    private func take(
        _ step: SigningKeyStep, _ now: Timestamp, _ caller: Caller
    ) async throws(Failure) -> SigningKeyStep {
        guard try await rotation.take(step, at: now, as: caller) else {
            throw Failure(.tooMuchContention, "Another command is changing the token-signing keys: run it again.")
        }
        return step
    }
}
