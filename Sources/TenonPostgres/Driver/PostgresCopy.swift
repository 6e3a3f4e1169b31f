internal import CLibPQ
internal import TenonDomain
internal import TenonKit

/// COPY, in and out, row by row: nothing is held whole. Every call waits on a thread of its own.
extension PostgresScript {
    /// Runs a `COPY … TO STDOUT` and hands each row's bytes over, its line feed included; answers how many there were.
    func copyOut(
        _ sql: String, _ receive: @escaping @Sendable (UnsafeRawBufferPointer) throws(PostgresError) -> Void
    ) async throws(PostgresError) -> Int64 {
        try await DedicatedThread.run { () throws(PostgresError) in
            try self.beginCopy(sql, PGRES_COPY_OUT)
            var rows: Int64 = 0
            while let row = try self.nextRow() {
                defer { PQfreemem(row.baseAddress) }
                rows += 1
                try receive(UnsafeRawBufferPointer(row))
            }
            try self.finishCopy()
            return rows
        }
    }

    /// Runs a `COPY … FROM STDIN` with what `next` answers until it is nil. What it throws leaves nothing behind.
    func copyIn(
        _ sql: String, _ next: @escaping @Sendable () throws(PostgresError) -> [UInt8]?
    ) async throws(PostgresError) {
        try await DedicatedThread.run { () throws(PostgresError) in
            try self.beginCopy(sql, PGRES_COPY_IN)
            do throws(PostgresError) {
                while let bytes = try next() {
                    guard bytes.withUnsafeBytes({ self.put($0) }) else { throw self.loss }
                }
            } catch {
                PQputCopyEnd(self.connection, "given up")
                try? self.finishCopy()
                throw error
            }
            guard PQputCopyEnd(self.connection, nil) == 1 else { throw self.loss }
            try self.finishCopy()
        }
    }

    /// Runs a `COPY … TO STDOUT` here into a `COPY … FROM STDIN` there.
    func copy(_ sql: String, to other: PostgresScript, _ into: String) async throws(PostgresError) {
        try await DedicatedThread.run { () throws(PostgresError) in
            try other.beginCopy(into, PGRES_COPY_IN)
            try self.beginCopy(sql, PGRES_COPY_OUT)
            while let row = try self.nextRow() {
                defer { PQfreemem(row.baseAddress) }
                guard other.put(UnsafeRawBufferPointer(row)) else { throw other.loss }
            }
            try self.finishCopy()
            guard PQputCopyEnd(other.connection, nil) == 1 else { throw other.loss }
            try other.finishCopy()
        }
    }

    private var loss: PostgresError { .connectionLost(String(cString: PQerrorMessage(connection))) }

    private func beginCopy(_ sql: String, _ expected: ExecStatusType) throws(PostgresError) {
        guard let result = PQexec(connection, sql) else { throw loss }
        defer { PQclear(result) }
        guard PQresultStatus(result) == expected else {
            throw PQstatus(connection) == CONNECTION_OK ? PostgresError(result) : loss
        }
    }

    /// The caller frees it. Nil after the last.
    private func nextRow() throws(PostgresError) -> UnsafeMutableRawBufferPointer? {
        var start: UnsafeMutablePointer<CChar>?
        let count = PQgetCopyData(connection, &start, 0)
        guard count > 0, let start else {
            guard count == -1 else { throw loss }
            return nil
        }
        return UnsafeMutableRawBufferPointer(start: start, count: Int(count))
    }

    /// False where the connection is gone.
    private func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        return bytes.isEmpty || PQputCopyData(connection, base, Int32(bytes.count)) == 1
    }

    private func finishCopy() throws(PostgresError) {
        var problem: PostgresError?
        while let result = PQgetResult(connection) {
            if PQresultStatus(result) != PGRES_COMMAND_OK, problem == nil { problem = PostgresError(result) }
            PQclear(result)
        }
        if let problem { throw problem }
    }
}
