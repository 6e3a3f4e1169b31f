internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /namespaces/{namespace_id}/watch`
struct WatchNamespaceEndpoint: Endpoint {
    /// The interval at which a silent stream sends a sign of life and checks its credentials.
    private static let heartbeat = Duration.seconds(15)
    private static let longestWait = 60

    static let operation = Operation(
        "watchNamespace", .get, "/namespaces/\(.namespace)/watch", tag: "Configuration",
        summary: "Watch the changes of a namespace",
        description: """
            Server-sent events in the order of revisions, one `change` for each version of an entry, with the entry as its data; `Last-Event-ID` resumes after the last one received, without gaps or repeats. With `wait` it is a long poll: it responds as soon as there are changes, or without changes at the timeout; then send `since` with the `position` of the response. If the tenant was restored from a backup after that position, a stream ends with the event `reset`, and a response has `reset` true: read the namespace again and continue from the event's id or the `position`. Values of secrets are always masked. A stream ends when its access token does.
            """, access: .permission(WatchNamespace.permission),
        query: [
            QueryParameter(
                "since",
                "The position to continue from: a revision, or an event's id. The default starts with future changes.",
                schema: ["type": "string", "pattern": "^[0-9]{1,16}(\\.[0-9]{1,9})?$"]),
            QueryParameter(
                "wait", "Long poll: respond once, after at most this many seconds.",
                schema: ["type": "integer", "minimum": 0, "maximum": .integer(Int64(longestWait))]),
        ],
        failures: [.namespaceNotFound], isLongLived: true, isHeavy: true)

    private let watch: WatchNamespace

    init(_ watch: WatchNamespace) {
        self.watch = watch
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<WatchReply<ChangesReply>> {
        var position = try request.query.value("since") { text throws(Violation) in try RevisionPosition(text) }
        let wait = try request.query.integer("wait", in: 0...Self.longestWait)
        if wait == nil, let last = request.lastEventID {
            do {
                position = try RevisionPosition(last)
            } catch {
                throw .invalid([error.nested(under: "?Last-Event-ID")])
            }
        }
        let watch = try await watch.execute(
            WatchNamespace.Input(namespace: try request.path(.namespace), after: position), as: request.caller,
            current: request.currentCaller)
        if let wait {
            return Answer(.now(try await Self.answer(watch, after: .seconds(wait))), caching: .none)
        }
        return Answer(
            .events(
                EventStream { body in await Self.tell(watch, body, while: { await request.currentCaller() != nil }) }),
            caching: .live)
    }

    private static func answer(_ watch: NamespaceWatch, after wait: Duration) async throws(Failure) -> ChangesReply {
        switch try await watch.next(until: .now + wait) {
        case .changes(let changes): return ChangesReply(position: watch.position, changes: changes)
        case .nothing: return ChangesReply(position: watch.position, changes: [])
        case .reset: return ChangesReply(position: watch.position, isReset: true, changes: [])
        case .ended: throw Failure(.namespaceNotFound, "The namespace was deleted.")
        }
    }

    /// Runs until the client disconnects, its credentials expire, or the namespace is deleted or restored.
    private static func tell(
        _ watch: NamespaceWatch, _ body: AnswerBody, while isAuthentic: @Sendable () async -> Bool
    ) async {
        guard await body.write("retry: 1000\n\n") else { return }
        while !Task.isCancelled {
            let bytes: [UInt8]
            do throws(Failure) {
                switch try await watch.next(until: .now + heartbeat) {
                case .changes(let changes): bytes = changes.reduce(into: []) { $0 += event($1) }
                case .nothing: bytes = Array(":\n\n".utf8)
                case .reset:
                    _ = await body.write(reset(at: watch.position))
                    return
                case .ended:
                    _ = await body.write("event: end\ndata: {}\n\n")
                    return
                }
            } catch {
                // The database will respond again; the watcher need not know.
                guard error.code.kind == .unavailable, error.code != .cancelled else { return }
                try? await Task.sleep(for: .seconds(1))
                bytes = Array(":\n\n".utf8)
            }
            guard await isAuthentic() else {
                // A restore also revokes credentials; a reset reveals nothing else.
                if (try? await watch.next(until: .now)) == .reset {
                    _ = await body.write(reset(at: watch.position))
                }
                return
            }
            guard await body.write(bytes) else { return }
        }
    }

    private static func reset(at position: RevisionPosition) -> String {
        "id: \(position.text)\nevent: reset\ndata: {\"revision\":\(position.revision)}\n\n"
    }

    private static func event(_ change: ConfigView) -> [UInt8] {
        Array("id: \(change.entry.version.position.text)\nevent: change\ndata: ".utf8) + ConfigReply(view: change).bytes
            + Array("\n\n".utf8)
    }
}

/// The changes after a position, and the position after them.
struct ChangesReply: ReplyBody {
    let position: RevisionPosition
    /// Whether a backup was restored: the namespace must be read again.
    var isReset = false
    let changes: [ConfigView]

    func write(to fields: inout FieldWriter) {
        fields.field("revision", position.revision)
        fields.field("position", position.text)
        fields.field("reset", isReset)
        fields.field("changes", changes.map(ConfigReply.init(view:)))
    }

    static var example: ChangesReply {
        ChangesReply(position: .end(of: 2), changes: [ConfigReply.example.view])
    }
}

extension RevisionPosition {
    /// `12`, all of revision 12, or `12.3`, up to its change number 3.
    var text: String { ordinal == .max ? "\(revision)" : "\(revision).\(ordinal)" }

    init(_ text: String) throws(Violation) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (48...57).contains($0) }), text.utf8.count <= 32,
            (1...2).contains(parts.count), let revision = parts[0], let ordinal = parts.count == 2 ? parts[1] : .max
        else {
            throw Violation(code: "invalid_position", detail: "must be a revision, or the id of an event")
        }
        self.init(revision: revision, ordinal: ordinal)
    }
}
