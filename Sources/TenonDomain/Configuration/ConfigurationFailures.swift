extension FailureCode {
    public static let namespaceNotFound = FailureCode("namespace_not_found", .notFound, "No such namespace")
    public static let namespaceNameTaken = FailureCode(
        "namespace_name_taken", .conflict, "A namespace of this name exists")
    public static let configNotFound = FailureCode("config_not_found", .notFound, "No such key")
    public static let configKeyTaken = FailureCode("config_key_taken", .conflict, "The key exists")
}

extension EventKind {
    public static let namespaceCreated = EventKind("configuration.namespace_created")
    public static let configCreated = EventKind("configuration.config_created")
    public static let configRevealed = EventKind("configuration.secret_revealed")
}
