internal import CLibPQ
internal import DequeModule
internal import Synchronization
internal import TenonDomain

/// One connection in libpq's pipeline mode. Whoever makes it hands it to the I/O thread, which alone touches it from
/// then on, but for `status` and `canceller`: hence unchecked.
final class PostgresWire: @unchecked Sendable {
    /// What others may ask while the I/O thread has the connection.
    final class Status: Sendable {
        fileprivate let isOpen = Atomic<Bool>(false)

        /// Whether the last answer of the server left a transaction block open, one that failed included. Known when
        /// no group is in flight.
        var isInTransaction: Bool { isOpen.load(ordering: .acquiring) }
    }

    /// What the server's next results belong to.
    private enum Expectation {
        /// Of no interest, and neither is its error.
        case nothing
        /// A statement's preparation, in a group of its own.
        case preparation(UInt)
        case group(PostgresGroup)
    }

    typealias Finished = (group: PostgresGroup, outcome: PostgresGroup.Outcome)

    let status = Status()
    /// What cancels the statement that runs, from another thread.
    let canceller: PostgresCanceller?
    private let connection: OpaquePointer
    private var prepared: Set<UInt> = []
    /// Prepared on the server in a way that is no use any more.
    private var changed: Set<UInt> = []
    /// Why a statement could not be prepared.
    private var refused: [UInt: PostgresError] = [:]
    private var inFlight = Deque<Expectation>()
    /// Of the group at the head.
    private var results: [PostgresRows] = []
    private var resultCount = 0
    private var error: PostgresError?
    private(set) var wantsToWrite = false
    /// When the server last answered something, or was given work after it had none.
    private(set) var quietSince = ContinuousClock.now

    var descriptor: Int32 { PQsocket(connection) }
    var isBusy: Bool { !inFlight.isEmpty }
    var reason: String { String(cString: PQerrorMessage(connection)) }

    /// Takes the connection over. Fails where it cannot pipeline.
    init(_ connection: OpaquePointer) throws(PostgresError) {
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
            PQfinish(connection)
            throw .connectionLost("the connection has no pipeline mode")
        }
        self.connection = connection
        canceller = PQgetCancel(connection).map(PostgresCanceller.init)
    }

    deinit {
        PQfinish(connection)
    }

    /// Everything that was sent and has no answer.
    var groupsInFlight: [PostgresGroup] {
        inFlight.compactMap { expectation in
            if case .group(let group) = expectation { group } else { nil }
        }
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

    // MARK: - Sending

    /// Puts a group into libpq's buffer. Answers false where the connection is gone.
    func send(_ group: PostgresGroup) -> Bool {
        if inFlight.isEmpty { quietSince = .now }
        for command in group.commands where !prepared.contains(command.statement.key) {
            guard prepare(command) else { return false }
        }
        for command in group.commands {
            let sent = command.withBinds { values, lengths, formats in
                command.statement.withName { name in
                    PQsendQueryPrepared(connection, name, Int32(command.ends.count), values, lengths, formats, 1)
                }
            }
            guard sent == 1 else { return false }
        }
        inFlight.append(.group(group))
        return PQpipelineSync(connection) == 1
    }

    private func prepare(_ command: Command) -> Bool {
        let statement = command.statement
        if changed.remove(statement.key) != nil {
            let sql = "DEALLOCATE \"\(statement.name)\""
            guard PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 1) == 1, PQpipelineSync(connection) == 1
            else { return false }
            inFlight.append(.nothing)
        }
        let sent = statement.withName { name in
            PQsendPrepare(connection, name, statement.sql, Int32(command.types.count), command.types)
        }
        guard sent == 1, PQpipelineSync(connection) == 1 else { return false }
        prepared.insert(statement.key)
        inFlight.append(.preparation(statement.key))
        return true
    }

    // MARK: - Receiving

    /// Whether something has been read already that `poll` does not show.
    var hasAnswers: Bool { isBusy && (PQisBusy(connection) == 0 || hasDecryptedBytes) }

    /// Reads what has arrived and finishes the groups that are whole. False where the connection is gone; what came
    /// before its end still counts.
    func receive(_ finished: inout [Finished]) -> Bool {
        var isOpen = true
        repeat {
            isOpen = PQconsumeInput(connection) == 1
            guard takeResults(&finished) else { return false }
        } while isOpen && hasDecryptedBytes
        return isOpen && PQstatus(connection) == CONNECTION_OK
    }

    /// Whether OpenSSL holds bytes that the socket no longer shows to `poll`.
    private var hasDecryptedBytes: Bool {
        guard PQsslInUse(connection) == 1, let session = PQsslStruct(connection, "OpenSSL") else { return false }
        return SSL_pending(OpaquePointer(session)) > 0
    }

    private func takeResults(_ finished: inout [Finished]) -> Bool {
        var nulls = 0
        if isBusy, PQisBusy(connection) == 0 { quietSince = .now }
        while let head = inFlight.first, PQisBusy(connection) == 0 {
            guard let result = PQgetResult(connection) else {
                // One null stands between a statement's results and the next one's.
                nulls += 1
                guard nulls < 3, PQstatus(connection) == CONNECTION_OK else { return false }
                continue
            }
            nulls = 0
            take(result, of: head, &finished)
        }
        return true
    }

    private func take(_ result: OpaquePointer, of head: Expectation, _ finished: inout [Finished]) {
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

    private func finish(_ head: Expectation, _ finished: inout [Finished]) {
        inFlight.removeFirst()
        switch head {
        case .nothing: break
        case .preparation(let key):
            // 42P05: it is there. Which one a group missed is not known, so that more are prepared again than need be.
            let reason = error?.sqlState == "42P05" ? nil : error
            refused[key] = reason
            if reason != nil { prepared.remove(key) }
        case .group(let group):
            if let stale = error, stale.isStalePlan { error = forget(group, stale) }
            let isOpen = PQtransactionStatus(connection) != PQTRANS_IDLE
            status.isOpen.store(isOpen, ordering: .releasing)
            finished.append((group, error.map { .failure($0) } ?? .success(results)))
        }
        results = []
        resultCount = 0
        error = nil
    }

    /// The statements of the group are prepared again before their next use. Answers what is wrong with the group:
    /// where a preparation failed, the reason of that.
    private func forget(_ group: PostgresGroup, _ stale: PostgresError) -> PostgresError {
        for command in group.commands {
            if let reason = refused[command.statement.key] { return reason }
        }
        for command in group.commands {
            let key = command.statement.key
            if prepared.remove(key) != nil, stale.isChangedPlan { changed.insert(key) }
        }
        return stale
    }
}
