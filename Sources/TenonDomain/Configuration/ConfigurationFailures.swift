extension FailureCode {
    public static let namespaceNotFound = FailureCode(
        "namespace_not_found", .notFound, "No such namespace",
        "The namespace does not exist in the caller's tenant.")
    public static let namespaceNameTaken = FailureCode(
        "namespace_name_taken", .conflict, "A namespace with this name exists",
        "The tenant already has a namespace with this name. Choose another name.")
    public static let namespaceNotEmpty = FailureCode(
        "namespace_not_empty", .conflict, "The namespace has entries",
        "Delete its entries first, or send `force=true` to delete them and their histories with it.")
    public static let configNotFound = FailureCode(
        "config_not_found", .notFound, "No such key",
        "The namespace has no entry with this key, or had none at the requested time.")
    public static let configVersionNotFound = FailureCode(
        "config_version_not_found", .notFound, "No such version",
        "The entry has no version with this number, or the version is a deletion without a value.")
    public static let configKeyTaken = FailureCode(
        "config_key_taken", .conflict, "The key exists",
        "The namespace already has an entry with this key. Use `PUT` or `PATCH` to change it.")
    public static let configNotDeleted = FailureCode(
        "config_not_deleted", .conflict, "The key is not deleted",
        "Only a deleted key can be restored. To restore an older value, roll back to its version.")
    public static let tooManyConfigs = FailureCode(
        "too_many_configs", .conflict, "The namespace has too many entries for one document",
        "Export parts of the namespace by `prefix` or `tag`.")
    public static let referenceUnresolved = FailureCode(
        "reference_unresolved", .conflict, "A reference does not resolve",
        "The target of a reference was deleted, or the resolved value is too large or too deep. Read it without "
            + "`resolve=true` to see the references.")
}

extension Failure {
    public static let noNamespace = Failure(.namespaceNotFound, "No namespace has this id.")

    public static func nameTaken(_ name: NamespaceName) -> Failure {
        Failure(.namespaceNameTaken, "The namespace \(name.text) already exists.")
    }

    public static func noConfig(_ key: ConfigKey) -> Failure {
        Failure(.configNotFound, "The namespace has no key \(key.text).")
    }

    public static func noConfigVersion(_ number: Int64, of key: ConfigKey) -> Failure {
        Failure(.configVersionNotFound, "The key \(key.text) has no version \(number).")
    }
}

extension EventKind {
    public static let namespaceCreated = EventKind("configuration.namespace_created")
    public static let namespaceUpdated = EventKind("configuration.namespace_updated")
    public static let namespaceDeleted = EventKind("configuration.namespace_deleted")
    public static let configCreated = EventKind("configuration.config_created")
    public static let configUpdated = EventKind("configuration.config_updated")
    public static let configDeleted = EventKind("configuration.config_deleted")
    public static let configRestored = EventKind("configuration.config_restored")
    public static let configRolledBack = EventKind("configuration.config_rolled_back")
    /// Many changed entries at once, by a batch or an import.
    public static let configsRevised = EventKind("configuration.configs_revised")
    public static let configRevealed = EventKind("configuration.secret_revealed")
}
