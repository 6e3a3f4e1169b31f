internal import Synchronization
internal import TenonKit

/// What processes tell one another through PostgreSQL's NOTIFY. These are hints: one can be lost with its connection or
/// its sender.
final class Notifications: Sendable {
    /// Events wait in the outbox.
    static let outbox = "tenon_outbox"
    /// Namespaces have reached revisions: an id and a number.
    static let revisions = "tenon_revisions"

    /// Credentials are void.
    static let access = "tenon_access"

    private struct State {
        var isListening = false
        var readers: [AsyncStream<PostgresListener.Event>.Continuation] = []
    }

    private let listener: PostgresListener
    private let state = Mutex(State())

    /// Fails where there is no thread to listen on.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        listener = try PostgresListener(configuration, channels: [Self.outbox, Self.revisions, Self.access])
        Task { [self, events = listener.events] in
            for await event in events { tell(event) }
            finish()
        }
    }

    func stop() {
        listener.stop()
    }

    /// Everything that is heard from now on; begins with `listening` where that is so. One that falls 1,024 events
    /// behind loses the oldest.
    func events() -> AsyncStream<PostgresListener.Event> {
        let (events, continuation) = AsyncStream.makeStream(
            of: PostgresListener.Event.self, bufferingPolicy: .bufferingNewest(1024))
        state.withLock { state in
            if state.isListening { continuation.yield(.listening) }
            state.readers.append(continuation)
        }
        return events
    }

    /// What `pick` makes of each of them; it leaves out what it answers nil for.
    func stream<Element: Sendable>(
        bufferingPolicy: AsyncStream<Element>.Continuation.BufferingPolicy = .unbounded,
        _ pick: @escaping @Sendable (PostgresListener.Event) -> Element?
    ) -> AsyncStream<Element> {
        let events = events()
        return AsyncStream(bufferingPolicy: bufferingPolicy) { continuation in
            let task = Task {
                for await event in events {
                    if let element = pick(event) { continuation.yield(element) }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func tell(_ event: PostgresListener.Event) {
        state.withLock { state in
            switch event {
            case .listening: state.isListening = true
            case .lost: state.isListening = false
            case .notification: break
            }
            state.readers.removeAll { reader in
                if case .terminated = reader.yield(event) { true } else { false }
            }
        }
    }

    private func finish() {
        for reader in state.withLock({ $0.readers }) { reader.finish() }
    }
}

/// Sends NOTIFY outside of any transaction: within one it would make commits wait for one another. It is a durable
/// transaction of its own, so it goes with the writes. Payloads that come while one is under way are sent together after
/// it.
final class NotificationSender: Sendable {
    private struct State {
        var isSending = false
        var waiting: Set<String> = []
    }

    private let database: PostgresDatabase
    private let channel: String
    private let state = Mutex(State())
    private static let notify = Statement("notify", "SELECT pg_notify($1, p) FROM unnest($2::text[]) p")

    init(_ database: PostgresDatabase, channel: String) {
        self.database = database
        self.channel = channel
    }

    /// Within about a second others hear of it by their polls, so that trying for longer gains nothing.
    private static let attempts = 5

    /// Does not wait. Tries again for about a second, then gives up.
    func send(_ payload: String = "") {
        let mustStart = state.withLock { state in
            state.waiting.insert(payload)
            defer { state.isSending = true }
            return !state.isSending
        }
        guard mustStart else { return }
        Task {
            while let payloads = next() {
                let command = Command(Self.notify, [.text(channel), .textArray(Array(payloads))])
                await deliver(command)
            }
        }
    }

    private func deliver(_ command: Command) async {
        var backOff = BackOff.connecting
        for _ in 0..<Self.attempts {
            do throws(PostgresError) {
                _ = try await database.unscopedWrites.run([command])
                return
            } catch {
                try? await Task.sleep(for: backOff.next())
            }
        }
    }

    /// Nil where nothing waits any more.
    private func next() -> Set<String>? {
        state.withLock { state in
            defer { state.waiting = [] }
            if state.waiting.isEmpty { state.isSending = false }
            return state.waiting.isEmpty ? nil : state.waiting
        }
    }
}
