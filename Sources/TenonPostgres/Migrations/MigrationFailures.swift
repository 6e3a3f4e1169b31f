public import TenonDomain

extension FailureCode {
    public static let schemaOutdated = FailureCode(
        "schema_outdated", .unavailable, "The database is not migrated",
        "The database lacks migrations that this version has: run `tenon migrate up`.")
    public static let schemaDrifted = FailureCode(
        "schema_drifted", .conflict, "The database does not fit this version",
        "The database holds a migration that differs from this version's, or that it does not know.")
}
