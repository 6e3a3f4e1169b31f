public import TenonDomain
public import TenonKit

/// Moves the token-signing keys as far as they are due: a new key is published, signs when every verifier knows it, and
/// the old one goes when its last token has expired. To be called again at the moment that it answers.
public struct RotateSigningKeys: Sendable {
    public struct Output: Sendable, Equatable {
        /// What was done now, in its order.
        public let steps: [SigningKeyStep]
        /// When the next step is due; nil where no rotation is under way.
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

    /// Where no rotation is under way one begins, unless the active key is younger than `minimumAge` or one ended just
    /// now. Fails with `permissionDenied` for whoever is not the operator, and `tooMuchContention` where somebody else
    /// moves the keys meanwhile.
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

    /// Puts a new key in the place of all others at once, for when somebody else may know one. Whatever they signed passes
    /// no more as soon as the processes have read the keys; whoever has a session refreshes it. Fails as `execute` does,
    /// and goes on where it stopped when it is run again.
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
            throw Failure(.tooMuchContention, "Somebody else moves the token-signing keys: run it again.")
        }
        return step
    }
}
