import Testing

@testable import TenonPostgres

@Suite("Columns are read as what the server says they are") struct PostgresRowsTests {
    private static let columns = Statement(
        "columns",
        """
        SELECT 1::smallint AS small, 2::integer AS middle, 3::bigint AS big, 'v'::varchar AS variable,
            '{"a": 1}'::jsonb AS document, NULL::text AS missing, ARRAY['x', NULL] AS holes,
            ARRAY[['x'], ['y']] AS grid
        """)

    private func row() async throws -> PostgresRow {
        try await DriverSandbox.use { sandbox in try await sandbox.pipeline().run([Command(Self.columns)])[0][0] }
    }

    @Test("Integers of every width are read alike, and jsonb loses its version") func widths() async throws {
        let row = try await row()
        #expect(try row.int(0) == 1)
        #expect(try row.int(1) == 2)
        #expect(try row.int(2) == 3)
        #expect(try row.text(3) == "v")
        #expect(try row.json(4) == #"{"a": 1}"#)
    }

    @Test("A column of another type is an error that names it") func otherType() async throws {
        let row = try await row()
        let error = #expect(throws: PostgresError.self) { try row.text(2) }
        #expect(error?.description == "the column big does not hold a text")
        #expect(throws: PostgresError.self) { try row.int(3) }
        #expect(throws: PostgresError.self) { try row.text(4) }
    }

    @Test("A null where none is expected is an error that names the column") func unexpectedNull() async throws {
        let row = try await row()
        let error = #expect(throws: PostgresError.self) { try row.text(5) }
        #expect(error?.description == "the column missing does not hold a text")
        #expect(try String?.read(row, 5) == nil)
    }

    @Test("Arrays with nulls or of two dimensions are refused") func oddArrays() async throws {
        let row = try await row()
        #expect(throws: PostgresError.self) { try row.textArray(6) }
        #expect(throws: PostgresError.self) { try row.textArray(7) }
    }

    @Test("A column that is not there is an error") func noColumn() async throws {
        let row = try await row()
        #expect(throws: PostgresError.self) { try row.text(99) }
    }

    @Test("Command tags and counts are kept") func tags() async throws {
        let insert = Statement("insert_three", "INSERT INTO counted SELECT generate_series(1, 3)")
        try await DriverSandbox.use { sandbox in
            try await sandbox.script("CREATE TABLE counted (n int)")
            let rows = try await sandbox.pipeline().run([Command(insert)])[0]
            #expect(rows.commandTag == "INSERT 0 3")
            #expect(rows.affected == 3)
            #expect(rows.isEmpty)
        }
    }
}
