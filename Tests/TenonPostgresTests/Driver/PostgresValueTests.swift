import TenonDomain
import TenonKit
import Testing

@testable import TenonPostgres

@Suite("Binds come back as what they were") struct PostgresValueTests {
    @Test("Every kind of value makes the round trip in binary format") func roundTrips() async throws {
        let statement = Statement(
            "all_values",
            """
            SELECT $1::bool, $2::bigint, $3::text, $4::bytea, $5::uuid, $6::timestamptz, $7::text[], $8::uuid[],
                $9::json, $10::text
            """)
        try await DriverSandbox.use { sandbox in
            let moment = Timestamp(millisecondsSince1970: 1_767_225_600_789)
            let row = try await sandbox.pipeline().run([
                Command(
                    statement,
                    [
                        .bool(true), .int(.min), .text("grüße 🦔"), .bytes([0, 255, 10]), .uuid(high: 1, low: .max),
                        .timestamp(moment), .textArray(["a,b", "", "\"{}"]), .uuidArray([(3, 4), (5, 6)]),
                        .json(#"{"b": 1, "a": [ ]}"#), .null,
                    ])
            ])[0][0]
            #expect(try row.bool(0))
            #expect(try row.int(1) == .min)
            #expect(try row.text(2) == "grüße 🦔")
            #expect(try row.bytes(3) == [0, 255, 10])
            #expect(try row.uuid(4) == (1, .max))
            #expect(try row.timestamp(5) == moment)
            #expect(try row.textArray(6) == ["a,b", "", "\"{}"])
            #expect(try row.uuidArray(7).map(\.low) == [4, 6])
            #expect(try row.json(8) == #"{"b": 1, "a": [ ]}"#)
            #expect(try String?.read(row, 9) == nil)
        }
    }

    @Test("Empty texts, bytes and arrays are values and not nulls") func emptyIsNotNull() async throws {
        let statement = Statement("empty_values", "SELECT $1::text, $2::bytea, $3::text[], $4::uuid[]")
        try await DriverSandbox.use { sandbox in
            let row = try await sandbox.pipeline().run([
                Command(statement, [.text(""), .bytes([]), .textArray([]), .uuidArray([])])
            ])[0][0]
            #expect(try row.text(0) == "")
            #expect(try row.bytes(1) == [])
            #expect(try row.textArray(2) == [])
            #expect(try row.uuidArray(3).isEmpty)
        }
    }

    @Test("An identifier is a uuid of the same digits") func identifiers() async throws {
        let statement = Statement("uuid_text", "SELECT ($1::uuid)::text")
        let id = TenantID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        try await DriverSandbox.use { sandbox in
            let rows = try await sandbox.pipeline().run([Command(statement, [.id(id)])])
            #expect(try rows[0][0].text(0) == "01234567-89ab-cdef-fedc-ba9876543210")
        }
    }

    @Test(
        "Moments before 1970 and 2000 and at the ends of PostgreSQL's range survive",
        arguments: [-1, 0, 946_684_799_999, 253_402_300_799_999, -62_135_596_800_001, 9_224_318_015_999_999])
    func moments(milliseconds: Int64) async throws {
        let statement = Statement("moment", "SELECT $1::timestamptz")
        let moment = Timestamp(millisecondsSince1970: milliseconds)
        try await DriverSandbox.use { sandbox in
            let rows = try await sandbox.pipeline().run([Command(statement, [.timestamp(moment)])])
            #expect(try rows[0][0].timestamp(0) == moment)
        }
    }

    @Test("A moment beyond PostgreSQL's range is sent as infinity, and infinity is no moment")
    func infinity() async throws {
        let statement = Statement("infinite", "SELECT ($1::timestamptz)::text, $1::timestamptz")
        try await DriverSandbox.use { sandbox in
            let pipeline = try await sandbox.pipeline()
            for (milliseconds, text) in [(Int64.max, "infinity"), (.min, "-infinity")] {
                let moment = Timestamp(millisecondsSince1970: milliseconds)
                let row = try await pipeline.run([Command(statement, [.timestamp(moment)])])[0][0]
                #expect(try row.text(0) == text)
                #expect(throws: PostgresError.self) { try row.timestamp(1) }
            }
        }
    }

    @Test("Fractions of a millisecond are cut off towards the past") func fractions() async throws {
        let statement = Statement(
            "fractions", "SELECT '1969-12-31 23:59:59.9999Z'::timestamptz, '2026-01-01 00:00:00.0009Z'::timestamptz")
        try await DriverSandbox.use { sandbox in
            let row = try await sandbox.pipeline().run([Command(statement)])[0][0]
            #expect(try row.timestamp(0).millisecondsSince1970 == -1)
            #expect(try row.timestamp(1).millisecondsSince1970 == 1_767_225_600_000)
        }
    }
}
