public import TenonDomain

extension FailureCode {
    public static let databaseUnsuitable = FailureCode(
        "database_unsuitable", .unavailable, "The database cannot be used as it is",
        "The database is not encoded in UTF8, or a pooler drops the settings of its sessions.")
}
