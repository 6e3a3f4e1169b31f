internal import TenonDomain

/// Runs prepared statements for the stores: on a transaction's lease, or each alone on the shared pipeline.
package protocol StatementRunner: Sendable {
    /// Runs the statements in their order, in one round trip. Rows come back for each.
    func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows]

    /// Runs statements whose rows nobody needs. A transaction spends no round trip of their own on them.
    func send(_ commands: [Command]) async throws(PostgresError)
}

extension StatementRunner {
    package func send(_ commands: [Command]) async throws(PostgresError) {
        _ = try await run(commands)
    }
}

extension PostgresLease: StatementRunner {
    package func run(_ commands: [Command]) async throws(PostgresError) -> [PostgresRows] {
        try await run(commands, within: .seconds(10))
    }
}

extension StatementRunner {
    /// The rows of one statement. A violated constraint that `constraints` names becomes its failure; every other
    /// error becomes what it is to the caller: unavailable, or a defect.
    func rows(
        _ statement: Statement, _ values: [PostgresValue], constraints: [String: Failure] = [:]
    ) async throws(Failure) -> PostgresRows {
        try await rows([Command(statement, values)], constraints: constraints)[0]
    }

    /// Runs statements that answer nothing and break no rule that their caller would have to know of at once.
    func execute(_ commands: [Command]) async throws(Failure) {
        do {
            try await send(commands)
        } catch {
            throw error.failure
        }
    }

    func execute(_ statement: Statement, _ values: [PostgresValue]) async throws(Failure) {
        try await execute([Command(statement, values)])
    }

    func rows(_ commands: [Command], constraints: [String: Failure] = [:]) async throws(Failure) -> [PostgresRows] {
        do {
            return try await run(commands)
        } catch {
            if let constraint = error.constraint, let failure = constraints[constraint] { throw failure }
            throw error.failure
        }
    }
}

extension StatementRunner {
    /// The rows of a page; a page by number counts the whole list in the same round trip.
    func page(
        _ request: PageRequest, _ select: Command, counted count: Command
    ) async throws(Failure) -> (items: PostgresRows, total: Int?) {
        guard request.isNumbered else { return (try await rows([select])[0], nil) }
        let results = try await rows([select, count])
        return (results[0], try results[1].value("count"))
    }
}

extension PostgresValue {
    static func id<Entity>(_ id: Identifier<Entity>) -> PostgresValue { .uuid(high: id.high, low: id.low) }
}
