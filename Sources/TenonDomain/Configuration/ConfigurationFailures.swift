extension FailureCode {
    public static let namespaceNotFound = FailureCode(
        "namespace_not_found", .notFound, "No such namespace",
        "There is no such namespace, or it is another tenant's.")
    public static let namespaceNameTaken = FailureCode(
        "namespace_name_taken", .conflict, "A namespace of this name exists",
        "The tenant has a namespace of this name already.")
    public static let configNotFound = FailureCode(
        "config_not_found", .notFound, "No such key",
        "The namespace has no entry with this key.")
    public static let configKeyTaken = FailureCode(
        "config_key_taken", .conflict, "The key exists",
        "The namespace has an entry with this key already.")
}

extension EventKind {
    public static let namespaceCreated = EventKind("configuration.namespace_created")
    public static let configCreated = EventKind("configuration.config_created")
    public static let configRevealed = EventKind("configuration.secret_revealed")
}
