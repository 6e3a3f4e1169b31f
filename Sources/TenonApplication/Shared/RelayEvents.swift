public import TenonDomain

/// Delivers committed events from the outbox to the subscribers of this process.
public struct RelayEvents: Sendable {
    static let batch = 100

    private let outbox: any Outbox
    private let subscribers: [any EventSubscriber]
    private let sealer: any ValueSealer

    public init(outbox: any Outbox, subscribers: [any EventSubscriber], sealer: any ValueSealer) {
        self.sealer = sealer
        self.outbox = outbox
        self.subscribers = subscribers
    }

    /// Delivers until none is waiting; returns the number. An event that a subscriber fails on stays, with its batch,
    /// for the next call. Without subscribers, events wait for the first one.
    public func execute() async throws(Failure) -> Int {
        guard !subscribers.isEmpty else { return 0 }
        var delivered = 0
        while true {
            let count = try await outbox.deliver(limit: Self.batch) { events throws(Failure) in
                for stored in events {
                    let event = try await PasswordReset.opened(stored, by: sealer)
                    for subscriber in subscribers { try await subscriber.receive(event) }
                }
            }
            delivered += count
            guard count == Self.batch else { return delivered }
        }
    }
}
