public import TenonDomain
public import TenonKit

/// Watches the changes of a namespace, across broken connections.
public struct ChangeWatch: Sendable {
    public enum Event: Sendable, Equatable {
        /// An entry after one change.
        case change(JSONValue)
        /// The namespace was restored from a backup: earlier changes may be undone. Read it again; changes after this
        /// revision follow.
        case reset(revision: Int64)
    }

    private let client: APIClient
    private let namespace: String
    private let pauses: ClosedRange<Duration>

    /// Pauses between two attempts double from the shortest to the longest, and restart with every event.
    public init(
        _ client: APIClient, namespaceID: String, pauses: ClosedRange<Duration> = .milliseconds(500)...(.seconds(30))
    ) {
        self.client = client
        namespace = namespaceID
        self.pauses = pauses
    }

    /// Passes every change from now on, in order, each once. Reconnects and continues after interruptions, as long as
    /// the server is only unavailable, once it has been reached. Ends with the first other failure, including the
    /// body's, and with `namespaceNotFound` when the namespace is deleted.
    public func run(_ body: (Event) async throws(Failure) -> Void) async throws(Failure) {
        // A stream reports its position with its first event; an interruption before that must not lose any.
        var position = try await position()
        var backOff = BackOff(pauses)
        while true {
            var parser = EventStreamParser()
            do throws(Failure) {
                let request = APIRequest(.get, "namespaces", namespace, "watch").field("Last-Event-ID", position)
                try await client.stream(request) { bytes throws(Failure) in
                    for event in try Self.events(in: bytes, of: &parser) {
                        if event.name == "end" { throw Failure(.namespaceNotFound, "The namespace was deleted.") }
                        guard let told = try Self.event(event) else { continue }
                        try await body(told)
                        backOff.reset()
                    }
                    if !parser.lastID.isEmpty { position = parser.lastID }
                }
            } catch {
                guard error.code.kind == .unavailable, error.code != .cancelled else { throw error }
            }
            // The clients of a restarted server must not all reconnect at the same moment.
            let pause = backOff.next(atLeast: parser.retry ?? .zero)
            do { try await Task.sleep(for: pause) } catch { throw Failure(.cancelled, "The command was interrupted.") }
        }
    }

    private static func events(
        in bytes: ArraySlice<UInt8>, of parser: inout EventStreamParser
    ) throws(Failure) -> [ServerSentEvent] {
        do throws(KitError) {
            return try parser.take(bytes)
        } catch {
            throw Failure(.unexpectedAnswer, "The server sent an event that is too long.", cause: error)
        }
    }

    /// The position after all past changes.
    private func position() async throws(Failure) -> String {
        let namespace = try await client.send(APIRequest(.get, "namespaces", namespace)).json()
        guard let revision = namespace["revision"]?.numberValue?.int64 else {
            throw Failure(.unexpectedAnswer, "The server's response has no revision.")
        }
        return String(revision)
    }

    /// Nil for an event of another kind.
    private static func event(_ event: ServerSentEvent) throws(Failure) -> Event? {
        guard event.name == "change" || event.name == "reset" else { return nil }
        let data: JSONValue
        do throws(JSONError) {
            data = try JSONParser.parse(Array(event.data.utf8), limits: APIAnswer.limits)
        } catch {
            throw Failure(.unexpectedAnswer, "The server sent an event that is not JSON.")
        }
        guard event.name == "reset" else { return .change(data) }
        guard let revision = data["revision"]?.numberValue?.int64 else {
            throw Failure(.unexpectedAnswer, "The server sent a reset without a revision.")
        }
        return .reset(revision: revision)
    }
}
