internal import CLibPQ
internal import TenonDomain

/// One connection in libpq's pipeline mode. Whoever makes it hands it to the I/O thread, which alone touches it from
/// then on: hence unchecked.
final class PostgresWire: @unchecked Sendable {
    /// What the server's next results belong to.
    private enum Expectation {
        /// A statement's preparation, in a group of its own.
        case preparation(UInt)
        case group(PostgresGroup)
    }

    private let connection: OpaquePointer
    private var prepared: Set<UInt> = []
    /// Why a statement could not be prepared, until the group that asked for it has been told.
    private var refused: [UInt: PostgresError] = [:]
    private var inFlight = ArrayQueue<Expectation>()
    /// Of the group at the head.
    private var results: [PostgresRows] = []
    private var resultCount = 0
    private var error: PostgresError?
    private(set) var wantsToWrite = false

    var descriptor: Int32 { PQsocket(connection) }
    var groupsInFlight: Int { inFlight.count }

    /// Takes the connection over. Fails where it cannot pipeline.
    init(_ connection: OpaquePointer) throws(PostgresError) {
        self.connection = connection
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
            PQfinish(connection)
            throw .connectionLost("the connection has no pipeline mode")
        }
    }

    deinit {
        PQfinish(connection)
    }

    /// Puts a group into libpq's buffer. Answers false where the connection is gone.
    func send(_ group: PostgresGroup) -> Bool {
        for command in group.commands where !prepared.contains(command.statement.key) {
            guard prepare(command) else { return false }
        }
        for command in group.commands {
            let sent = command.withBinds { values, lengths, formats in
                command.statement.name.withUTF8Buffer { name in
                    name.withMemoryRebound(to: CChar.self) { name in
                        PQsendQueryPrepared(
                            connection, name.baseAddress, Int32(command.ends.count), values, lengths, formats, 1)
                    }
                }
            }
            guard sent == 1 else { return false }
        }
        inFlight.append(.group(group))
        return PQpipelineSync(connection) == 1
    }

    private func prepare(_ command: Command) -> Bool {
        let statement = command.statement
        let sent = statement.name.withUTF8Buffer { name in
            name.withMemoryRebound(to: CChar.self) { name in
                PQsendPrepare(connection, name.baseAddress, statement.sql, Int32(command.types.count), command.types)
            }
        }
        guard sent == 1, PQpipelineSync(connection) == 1 else { return false }
        prepared.insert(statement.key)
        inFlight.append(.preparation(statement.key))
        return true
    }

    /// Writes what the socket takes. False where the connection is gone.
    func flush() -> Bool {
        switch PQflush(connection) {
        case 0: wantsToWrite = false
        case 1: wantsToWrite = true
        default: return false
        }
        return true
    }

    /// Reads what has arrived and finishes the groups that are whole. False where the connection is gone.
    func receive(_ finished: inout [(PostgresGroup, PostgresGroup.Outcome)]) -> Bool {
        guard PQconsumeInput(connection) == 1 else { return false }
        var emptyAnswers = 0
        while let head = inFlight.first, PQisBusy(connection) == 0 {
            guard let result = PQgetResult(connection) else {
                // Null stands between a statement's results and the next one's.
                emptyAnswers += 1
                guard emptyAnswers < 3, PQstatus(connection) == CONNECTION_OK else { return false }
                continue
            }
            emptyAnswers = 0
            take(result, of: head, &finished)
        }
        return PQstatus(connection) == CONNECTION_OK
    }

    private func take(
        _ result: OpaquePointer, of head: Expectation, _ finished: inout [(PostgresGroup, PostgresGroup.Outcome)]
    ) {
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            finish(head, &finished)
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
            guard case .group(let group) = head else { return PQclear(result) }
            resultCount += 1
            if resultCount <= group.discarded { PQclear(result) } else { results.append(PostgresRows(result)) }
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
        default:
            if error == nil { error = PostgresError(result) }
            PQclear(result)
        }
    }

    private func finish(_ head: Expectation, _ finished: inout [(PostgresGroup, PostgresGroup.Outcome)]) {
        inFlight.removeFirst()
        switch head {
        case .preparation(let key):
            if let error {
                prepared.remove(key)
                refused[key] = error
            }
        case .group(let group):
            if let stale = error, stale.isStalePlan {
                for command in group.commands {
                    prepared.remove(command.statement.key)
                    if let reason = refused.removeValue(forKey: command.statement.key) { error = reason }
                }
            }
            finished.append((group, error.map { .failure($0) } ?? .success(results)))
        }
        results = []
        resultCount = 0
        error = nil
    }

    /// Everything that was sent and has no answer.
    func abandon() -> [PostgresGroup] {
        inFlight.compactMap { expectation in
            if case .group(let group) = expectation { group } else { nil }
        }
    }

    var reason: String { String(cString: PQerrorMessage(connection)) }

    /// What cancels the statement that runs, from another thread.
    func canceller() -> PostgresCanceller? {
        PQgetCancel(connection).map(PostgresCanceller.init)
    }
}

/// Asks the server to give up what a connection runs. Opens a connection of its own and waits for it, so only a
/// thread that may block calls it.
final class PostgresCanceller: Sendable {
    nonisolated(unsafe) private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        // A refusal means that nothing ran any more.
        _ = PQcancel(handle, &message, Int32(message.count))
    }
}

/// A first-in-first-out queue that gives its memory back in bulk.
struct ArrayQueue<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { head < items.count ? items[head] : nil }

    mutating func append(_ element: Element) {
        items.append(element)
    }

    @discardableResult
    mutating func removeFirst() -> Element? {
        guard head < items.count else { return nil }
        let element = items[head]
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 512, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    func compactMap<Value>(_ transform: (Element) -> Value?) -> [Value] {
        items[head...].compactMap { $0.flatMap(transform) }
    }
}
